// Stryker disable all: it would add calls that a page doesn't have
type Children = readonly (string | Node)[];

/** A row of a table that can be searched. */
export interface TableRow {
  /** What the filters in which somebody types look at, by their names, in lower case. */
  readonly searchTexts: Readonly<Record<string, string>>;
  /** What may be chosen for it to be shown, by the names of the filters. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  /** The row above the first row of a group. */
  readonly heading?: HTMLTableRowElement | undefined;
  readonly create: () => HTMLElement;
}

export interface PageKit {
  readonly make: (tag: string, attributes: Readonly<Record<string, string>>, ...children: Children) => HTMLElement;
  /** Shows the rows that match in the table of a section. @param onShown is called with them, each time */
  readonly showTable: <Row extends TableRow>(
    section: Element | null,
    rows: readonly Row[],
    onShown?: (rows: readonly Row[]) => void,
  ) => void;
}

/**
 * The script of every page with tables to search: it shows the first rows that match, with the rows of the table for
 * browsers without scripts, if a page brings no others, and opens everything for printing.
 *
 * Its source becomes part of the page, so it uses nothing outside itself.
 */
export function pageKit(): PageKit {
  const FIRST = 100;
  const make: PageKit["make"] = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const filtersOf = (section: Element) => [
    ...section.querySelectorAll<HTMLInputElement | HTMLSelectElement>(".filters :is(input, select)"),
  ];

  const showTable: PageKit["showTable"] = (section, rows, onShown) => {
    const [table, moreButton, status] = ["table", ".more", "[role=status]"].map((selector) =>
      section?.querySelector<HTMLElement>(selector),
    );
    if (!section || !table || !moreButton || !status) return;
    const filters = filtersOf(section);
    let limit = FIRST;
    const show = () => {
      const filled = filters.filter(({ value }) => value.trim() !== "");
      const conditions = filled.map(({ name, value, localName }) => {
        if (localName === "select") return ({ choices }: TableRow) => choices[name]?.includes(value);
        const words = value.toLowerCase().trim().split(/\s+/);
        return ({ searchTexts }: TableRow) => words.every((word) => searchTexts[name]?.includes(word));
      });
      const matching = rows.filter((row) => conditions.every((isMet) => isMet(row)));
      const shownRows = matching.slice(0, limit);
      const bodies: HTMLElement[] = [];
      for (const [index, row] of shownRows.entries()) {
        if (index === 0 || row.heading !== shownRows[index - 1]?.heading)
          bodies.push(make("tbody", { role: "rowgroup" }, ...(row.heading ? [row.heading] : [])));
        bodies.at(-1)?.append(row.create());
      }
      for (const body of table.querySelectorAll("tbody")) body.remove();
      table.append(...bodies);
      onShown?.(shownRows);
      moreButton.hidden = matching.length <= limit;
      section.querySelector(".filters")?.classList.toggle("filtered", filled.length > 0);
      const rowsWords = `${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
      const count = filled.length > 0 ? `${matching.length} of ${rows.length} rows match` : rowsWords;
      const rest = matching.length > limit ? `, the first ${limit} are shown.` : ".";
      status.textContent = matching.length === 0 ? "Nothing matches." : count + rest;
    };
    for (const filter of filters) {
      filter.addEventListener("input", () => {
        limit = FIRST;
        show();
      });
    }
    moreButton.addEventListener("click", () => {
      const first = limit;
      limit *= 10;
      show();
      const row = table.querySelectorAll<HTMLElement>("tbody tr:not(.heading)")[first];
      row?.setAttribute("tabindex", "-1");
      (row?.querySelector("a") ?? row)?.focus();
    });
    show();
  };

  /** Adds the roles that a table loses where its rows are cards, and the columns' titles, which cards show. */
  const completed = (row: HTMLTableRowElement, titles: readonly string[]) => {
    row.setAttribute("role", "row");
    for (const [index, cell] of [...row.cells].entries()) {
      if (cell.localName === "th" && cell.scope === "") cell.scope = "row";
      cell.setAttribute("role", cell.localName === "th" ? "rowheader" : "cell");
      if (cell.colSpan === 1) cell.dataset.title = titles[index] ?? "";
    }
    return row;
  };
  /** What a browser without scripts would show. */
  const plainRows = (section: Element, noscript: Element): TableRow[] => {
    const plain = new DOMParser().parseFromString(noscript.textContent, "text/html");
    const titles = [...plain.querySelectorAll("thead th")].map(({ textContent }) => textContent.trim());
    const filters = filtersOf(section);
    return [...plain.querySelectorAll("tbody")].flatMap((body) => {
      const [first, ...rest] = body.rows;
      const heading = first?.className === "heading" ? completed(first, titles) : undefined;
      const choices = { group: [body.dataset.group ?? ""] };
      return (heading || !first ? rest : [first, ...rest]).map((row) => {
        let searchTexts: Record<string, string> | undefined;
        const textIn = (column: string | undefined) =>
          ((column === undefined ? row : row.cells[Number(column)])?.textContent ?? "").toLowerCase();
        return {
          choices,
          heading,
          get searchTexts() {
            searchTexts ??= Object.fromEntries(filters.map(({ name, dataset }) => [name, textIn(dataset.column)]));
            return searchTexts;
          },
          create: () => completed(row, titles),
        };
      });
    });
  };

  let closed: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll<HTMLDetailsElement>("details:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });
  for (const element of document.querySelectorAll<HTMLElement>(".scripted")) element.hidden = false;
  for (const section of document.querySelectorAll("section")) {
    const noscript = section.querySelector("noscript.rows");
    if (noscript) showTable(section, plainRows(section, noscript));
  }
  return { make, showTable };
}
