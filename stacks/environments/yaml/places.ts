import { LineCounter } from "yaml";

/** A place in a text. Lines and columns are counted from 1. */
export interface FilePlace {
  readonly line: number;
  /** In characters, as an editor's status bar counts them: an emoji is one, an accent written on its own is one more. */
  readonly column: number;
}

/** A message about a place. */
export interface LocatedMessage extends FilePlace {
  readonly message: string;
}

/** Finds places in a text, always within its lines. */
export class Places {
  private readonly lines = new LineCounter();
  private readonly end: number;

  constructor(readonly text: string) {
    this.end = text.trimEnd().length;
    this.lines.addNewLine(0);
    for (const { index } of text.matchAll(/\n/g)) this.lines.addNewLine(index + 1);
  }

  /** The place of a UTF-16 unit. If it is beyond the end of its line or of the text, the place is that end. */
  at(offset: number): FilePlace {
    const { line, col } = this.lines.linePos(Math.min(offset, this.end));
    return { line, column: [...this.lineText(line).slice(0, col - 1)].length + 1 };
  }

  /** The text of a line, without its line break. */
  lineText(line: number): string {
    return this.text.slice(this.lines.lineStarts[line - 1], this.lines.lineStarts[line]).replace(/\r?\n$/, "");
  }
}
