// Rewrites the second column of values.tsv with what kubectl's YAML library says:
//   go mod init oracle && go get sigs.k8s.io/yaml@v1.6.0 && go run oracle.go < values.tsv > new.tsv
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"sigs.k8s.io/yaml"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		quoted, _, _ := strings.Cut(lines.Text(), "\t")
		var text string
		if err := json.Unmarshal([]byte(quoted), &text); err != nil {
			panic(err)
		}
		out, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			out = []byte("error")
		}
		fmt.Printf("%s\t%s\n", quoted, out)
	}
}
