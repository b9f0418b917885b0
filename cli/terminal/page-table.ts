import { escapeHtml } from "./html";

/** What narrows a table. With options, somebody chooses; otherwise, somebody types. */
export interface PageFilter {
  readonly name: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** Index of the column whose text is searched. Undefined: a whole row's. */
  readonly column?: number;
}

export interface PageColumn {
  readonly title: string;
  readonly className?: string;
}

/** A table that can be searched, and the same for browsers without scripts. */
export interface PageTable {
  /** Of the section, and the beginning of its filters' IDs. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly PageColumn[];
  readonly filters: readonly PageFilter[];
  /** For browsers without scripts. Without `columns`, the table that is searched has the same rows. */
  readonly plain: {
    readonly hint: string;
    readonly columns?: readonly PageColumn[];
    /** Bodies of a table, in HTML without end tags, since there may be tens of thousands of rows. */
    readonly bodies: string;
  };
  /** Whether the columns have the same width, so that long texts wrap. */
  readonly isEven?: boolean;
}

/** A section with a table, in HTML. */
export function tableSection({ id, title, columns, filters, plain, isEven = false }: PageTable): string {
  const name = escapeHtml(title);
  const tableClass = isEven ? "cards even" : "cards";
  const scroll = `<div class="scroll" role="region" aria-label="Table: ${name}" tabindex="0">`;
  const plainHeads = (plain.columns ?? columns).map((column) => `<th scope="col">${escapeHtml(column.title)}`);
  const heads = columns.map(
    ({ title: columnTitle, className }) =>
      `<th role="columnheader" scope="col"${className === undefined ? "" : ` class="${className}"`}>${escapeHtml(columnTitle)}</th>`,
  );
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${name}</h2>
<noscript${plain.columns ? "" : ' class="rows"'}>
<p>${plain.hint}</p>
${scroll}
<table class="${tableClass}">
<thead><tr>${plainHeads.join("")}
${plain.bodies}</table>
</div>
</noscript>
<div class="scripted" hidden>
<div class="filters" role="search" aria-label="${name}">
${filters.map((filter) => filterHtml(id, filter)).join("\n")}
</div>
<p class="count" role="status"></p>
${scroll}
<table class="${tableClass}" role="table">
<thead role="rowgroup"><tr role="row">${heads.join("")}</tr></thead>
</table>
</div>
<p><button class="more" type="button">Show more</button></p>
</div>
</section>
`;
}

function filterHtml(tableId: string, { name, label, placeholder = "", options, column }: PageFilter): string {
  const id = `${tableId}-${name}`;
  const labelHtml = `<label for="${id}">${escapeHtml(label)}</label>`;
  if (options) {
    const optionsHtml = options.map(
      (option) => `<option value="${escapeHtml(option.value)}">${escapeHtml(option.label)}</option>`,
    );
    return `<p>${labelHtml} <select id="${id}" name="${name}"><option value="">any</option>${optionsHtml.join("")}</select></p>`;
  }
  const columnAttribute = column === undefined ? "" : ` data-column="${column}"`;
  return `<p>${labelHtml} <input id="${id}" name="${name}" type="search" autocomplete="off" spellcheck="false" placeholder="${escapeHtml(placeholder)}"${columnAttribute}></p>`;
}
