/** What cdktn writes differently from CDKTF: its version, and empty values on one line. Both have the same snapshots. */
const CDKTN = /"version": "0\.24\.0"/;

module.exports = {
  test: (value) => typeof value === "string" && CDKTN.test(value),
  serialize: (value, config, indentation, depth, refs, printer) => {
    const text = value.replace(CDKTN, '"version": "0.21.0"').replace(/^( *)(.*)([[{])([\]}])(,?)$/gm, "$1$2$3\n$1$4$5");
    return printer(text, config, indentation, depth, refs);
  },
};
