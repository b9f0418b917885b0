/** A place in a text. Lines and columns are counted from 1. */
export interface Place {
  readonly line: number;
  /** In characters, as an editor's status bar counts them: an emoji is one, an accent written on its own is one more. */
  readonly column: number;
}

/** A message about a place. */
export interface LocatedMessage extends Place {
  readonly message: string;
}

/** Finds places in a text, always within its lines. */
export class Places {
  private readonly lines: readonly string[];
  /** Where each line begins. */
  private readonly starts: number[] = [0];
  /** Where each character of two UTF-16 units begins. */
  private readonly pairs: readonly number[];
  private readonly end: number;

  constructor(text: string) {
    this.end = text.trimEnd().length;
    this.lines = text.split(/\r?\n/);
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) this.starts.push(end + 1);
    this.pairs = Array.from(text.matchAll(/[\u{10000}-\u{10ffff}]/gu), ({ index }) => index);
  }

  /** The place of a UTF-16 unit. If it is beyond the end of its line or of the text, the place is that end. */
  at(offset: number): Place {
    const inText = Math.min(offset, this.end);
    const line = countBelow(this.starts, inText + 1);
    const start = this.starts[line - 1] ?? 0;
    const inLine = Math.min(inText, start + this.lineText(line).length);
    const pairs = countBelow(this.pairs, inLine) - countBelow(this.pairs, start);
    return { line, column: inLine - start - pairs + 1 };
  }

  /** The text of a line, without its line break. */
  lineText(line: number): string {
    return this.lines[line - 1] ?? "";
  }
}

/** How many of the sorted numbers are below a limit. */
function countBelow(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
