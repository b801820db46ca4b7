#include "server/input_buffer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>

namespace gatehouse::server {
namespace {

void receive(input_buffer& to, std::string_view text) {
    ASSERT_GE(to.room().size(), text.size());
    std::memcpy(to.room().data(), text.data(), text.size());
    to.commit(text.size());
}

std::string text_of(const input_buffer& from) { return {from.bytes().data(), from.bytes().size()}; }

TEST(PaddedBuffer, HasReadablePaddingBehindItsCapacity) {
    padded_buffer one(10);
    std::memset(one.all().data(), 'a', 10);
    one.reserve(100);
    EXPECT_EQ(one.capacity(), 100U);
    EXPECT_EQ(std::string_view(one.all().data(), 10), "aaaaaaaaaa");
    for (std::size_t i = 0; i < body_padding; ++i) {
        ASSERT_EQ(one.all().data()[100 + i], '\0');
    }
}

TEST(PaddedBuffer, NeverShrinksAndIsEmptyWhenMoved) {
    padded_buffer one(10);
    one.reserve(5);
    EXPECT_EQ(one.capacity(), 10U);
    const padded_buffer other = std::move(one);
    EXPECT_EQ(other.capacity(), 10U);
    EXPECT_EQ(one.capacity(), 0U); // NOLINT(bugprone-use-after-move): that is the claim
}

TEST(InputBuffer, TakesMemoryWhenAskedForRoomAndGivesItBack) {
    buffer_pool pool;
    {
        input_buffer input(pool);
        EXPECT_EQ(input.capacity(), 0U);
        receive(input, "abc");
        EXPECT_EQ(input.capacity(), buffer_pool::buffer_size);
        EXPECT_EQ(pool.kept(), 0U);
        input.release();
        EXPECT_TRUE(input.empty());
        EXPECT_EQ(pool.kept(), 1U);
        receive(input, "abc");
        EXPECT_EQ(pool.kept(), 0U);
    }
    EXPECT_EQ(pool.kept(), 1U);
}

TEST(InputBuffer, MovesTheNextMessageToTheFront) {
    buffer_pool pool;
    input_buffer input(pool);
    receive(input, "firstsecond");
    const char* const front = input.bytes().data();
    input.consume(5);
    EXPECT_EQ(text_of(input), "second");
    input.begin_message();
    EXPECT_EQ(text_of(input), "second");
    EXPECT_EQ(input.bytes().data(), front);
    EXPECT_EQ(input.room().size(), buffer_pool::buffer_size - 6);
}

TEST(InputBuffer, DropsFromTheMiddle) {
    buffer_pool pool;
    input_buffer input(pool);
    receive(input, "headUSEDrest");
    input.drop_behind(4, 4);
    EXPECT_EQ(text_of(input), "headrest");
}

TEST(InputBuffer, GrowsForALongHeaderButThePoolKeepsOneSize) {
    buffer_pool pool;
    input_buffer input(pool);
    receive(input, "abc");
    input.grow(buffer_pool::buffer_size * 4);
    EXPECT_EQ(text_of(input), "abc");
    EXPECT_EQ(input.room().size(), buffer_pool::buffer_size * 4 - 3);
    input.release();
    EXPECT_EQ(pool.kept(), 0U);
}

TEST(BufferPool, KeepsABoundedNumber) {
    buffer_pool pool;
    std::vector<padded_buffer> taken;
    for (std::size_t i = 0; i < buffer_pool::most_kept + 5; ++i) {
        taken.push_back(pool.take());
    }
    for (padded_buffer& one : taken) {
        pool.give_back(std::move(one));
    }
    EXPECT_EQ(pool.kept(), buffer_pool::most_kept);
}

} // namespace
} // namespace gatehouse::server
