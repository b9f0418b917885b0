import { InputError } from "../../../common/input-error";
import { printableLines } from "../../../common/printable";

/** Maximum number of errors that are shown. */
const MAX_SHOWN = 50;

/**
 * All errors of environments.yaml, or of the rules.yaml beside it.
 *
 * @hideconstructor
 */
export class YamlFileError extends InputError {
  /** One for each error. */
  readonly lines: readonly string[];

  /** The first 50 of them, and how many more there are. */
  readonly shown: readonly string[];

  constructor(file: string, lines: readonly string[]) {
    const hiddenCount = lines.length - MAX_SHOWN;
    const shownLines = hiddenCount > 0 ? [...lines.slice(0, MAX_SHOWN), `${file}: and ${hiddenCount} more.`] : lines;
    const first = `${file} has ${lines.length === 1 ? "an error" : `${lines.length} errors`}. Nothing was written.`;
    super(printableLines([first, ...shownLines]));
    this.name = "YamlFileError";
    this.lines = lines;
    this.shown = shownLines;
  }
}
