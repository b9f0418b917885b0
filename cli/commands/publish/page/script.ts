// Stryker disable all: it would add calls that a page doesn't have
import type { Capability } from "../../../../modules/support-app/model/capability";
import type { PageKit, TableRow } from "../../../terminal/page/script";
import type { PageData, PageEnvironment, PageRole } from "./data";

/**
 * What access.html does beyond other pages: it creates the rows and their roles from data, which becomes text, never
 * HTML, and opens the target of a link.
 *
 * Its source becomes part of the page, so it uses nothing outside itself.
 */
export function runPage({ make, showTable }: PageKit): void {
  interface Role extends PageRole {
    readonly environment: PageEnvironment;
    readonly id: string;
    readonly name: string;
    /** The capabilities that haven't ended. */
    readonly now: readonly Capability[];
    details?: HTMLDetailsElement;
  }

  /** A channel of a role, or a role without channels in code. */
  interface Row extends TableRow {
    readonly role: Role;
    readonly channel: PageEnvironment["channels"][number] | undefined;
  }

  const FIRST = 100;
  const byId = <T extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as T;
  const small = (text: string) => make("small", {}, text);
  const data: PageData = JSON.parse(byId("data").textContent);
  const capabilities = [...byId<HTMLSelectElement>("channels-capability").options]
    .map(({ value }) => value as Capability)
    .filter(Boolean);
  const accountText = (text: string, { account }: PageEnvironment) => text.replaceAll("\u0000", account);

  const hasEnded = (end: string | undefined) => end !== undefined && Date.parse(end) <= Date.now();
  const roles = new Map<string, Role>();
  const rows = data.environments.flatMap((environment) => {
    const { name, account, alias = "" } = environment;
    return environment.roles.flatMap((index, number): Row[] => {
      const shared = data.roles[index] as PageRole;
      const role: Role = {
        ...shared,
        environment,
        id: `${name}-${shared.access}`,
        name: accountText(shared.arn, environment).replace(/.*\//, ""),
        now: shared.can.filter((grantedCapability) => !hasEnded(shared.until?.[grantedCapability]?.[0])),
      };
      roles.set(role.id, role);
      const choices = { capability: role.now };
      const rowFor = (channelText: string, channel?: Row["channel"]): Row => {
        const searchTexts = {
          environment: name.toLowerCase(),
          account: `${account} ${alias}`.toLowerCase(),
          channel: channelText.toLowerCase(),
        };
        const row = { role, channel, choices, searchTexts, create: () => rowOf(row) };
        return row;
      };
      const channels = environment.channels.filter((channel) => channel[3] === number);
      if (channels.length === 0) return [rowFor(role.name)];
      return channels.map((channel) => {
        const [channelName, workspace, id] = channel;
        return rowFor(`#${channelName} ${workspace} ${id}`, channel);
      });
    });
  });

  const ends = [...roles.values()].flatMap((role) => {
    const { can, until = {} } = role;
    const endsOfRole = new Map(
      can.flatMap((grantedCapability) => (until[grantedCapability] ? [until[grantedCapability]] : [])),
    );
    const isNear = ([end]: readonly [string, string]) => Date.parse(end) <= Date.now() + data.noticeMs;
    const capabilitiesUntil = (end: string) => can.filter((grantedCapability) => until[grantedCapability]?.[0] === end);
    return [...endsOfRole]
      .filter(isNear)
      .map(([end, when]) => ({ role, end, when, endingCapabilities: capabilitiesUntil(end) }));
  });
  const endItem = ({ role, end, when, endingCapabilities }: (typeof ends)[number]) => {
    const { environment, access, name, can } = role;
    const channels = rows.flatMap((row) => (row.role === role && row.channel ? [`#${row.channel[0]}`] : []));
    const placeWords = `, ${channels.join(", ") || name} (${access}): `;
    const words =
      endingCapabilities.length === can.length ? "all access" : endingCapabilities.join(", ").replaceAll("-", " ");
    const text = `${words} ${hasEnded(end) ? "ended at" : "until"} ${when}`;
    return make("li", {}, make("b", {}, environment.name), placeWords + text);
  };
  const firstEnds = ends.sort((a, b) => Date.parse(a.end) - Date.parse(b.end)).slice(0, FIRST);
  const otherEnds = ends.length > FIRST ? [make("li", {}, `${ends.length - FIRST} more`)] : [];
  byId("ending").append(...firstEnds.map(endItem), ...otherEnds);
  const endedCount = ends.filter(({ end }) => hasEnded(end)).length;
  const summary = `Ended: ${endedCount}, ending within ${data.noticeMs / 864e5} days: ${ends.length - endedCount}`;
  byId("ends").querySelector("summary")?.append(summary);
  byId("ends").hidden = ends.length === 0;

  const channelCell = ({ role, channel }: Row) => {
    if (!channel) {
      const hint = small(`those configured by hand with ${role.name}`);
      return make("td", { role: "cell" }, make("i", {}, "none in code"), " ", hint);
    }
    const [channelName, workspace, id, , people] = channel;
    const counts = people === undefined ? [] : [small(people)];
    return make("td", { role: "cell" }, make("b", {}, `#${channelName}`), " ", small(`${workspace} ${id}`), ...counts);
  };
  const capabilityCell = (role: Role, columnCapability: Capability) => {
    const can = role.now.includes(columnCapability);
    const until = role.until?.[columnCapability];
    const end = until === undefined ? "" : `${can ? " until" : " ended at"} ${until[1]}`;
    return make(
      "td",
      {
        role: "cell",
        class: `can ${can ? "yes" : "no"}`,
        ...(can && { "data-can": columnCapability.replaceAll("-", " ") + end }),
      },
      make("span", { "aria-hidden": "true" }, can ? "✓" : "–"),
      make("span", { class: "said" }, can ? "can" : "can't"),
      ...(end === "" ? [] : [small(end)]),
    );
  };
  const rowOf = (row: Row) => {
    const { role } = row;
    const { name, account, alias } = role.environment;
    const link = make("a", { href: `#${role.id}` }, role.access);
    return make(
      "tr",
      { role: "row" },
      make("th", { role: "rowheader", scope: "row" }, `${name} `, small(alias ? `${account} ${alias}` : account)),
      channelCell(row),
      make("td", { role: "cell", class: "access" }, link, ...(role.boundary ? [small("within a boundary")] : [])),
      ...capabilities.map((columnCapability) => capabilityCell(role, columnCapability)),
    );
  };

  const fill = (details: Element) => {
    const role = roles.get(details.id);
    if (!role || details.children.length > 1) return;
    const { environment, arn, boundary, isAwsManaged, permissions, trust } = role;
    const code = (text: string) => make("code", {}, accountText(text, environment));
    const policy = (index: number) => make("pre", {}, accountText(data.policies[index] as string, environment));
    details.append(
      make(
        "dl",
        {},
        ...[make("dt", {}, "Role"), make("dd", {}, code(arn))],
        ...[make("dt", {}, "Account"), make("dd", {}, `${environment.account}, ${environment.region}`)],
        make("dt", {}, "Permissions boundary"),
        make("dd", {}, ...(boundary ? [code(boundary), ", which may take capabilities away"] : ["none"])),
      ),
      make("h3", {}, "What people may do"),
      ...(isAwsManaged
        ? [make("p", {}, "This is AWS's own policy, as it was when this was published. AWS may change it.")]
        : []),
      policy(permissions),
      make("h3", {}, "Who may assume the role"),
      policy(trust),
    );
  };
  const detailsOf = (role: Role) => {
    if (role.details) return role.details;
    const summary = make("summary", {}, `${role.environment.name}: ${role.access}`);
    const details = make("details", { id: role.id }, summary) as HTMLDetailsElement;
    details.addEventListener("toggle", () => fill(details));
    role.details = details;
    return details;
  };

  showTable(byId("channels"), rows, (shownRows) =>
    byId("roles").replaceChildren(...[...new Set(shownRows.map(({ role }) => role))].map(detailsOf)),
  );

  const open = () => {
    const role = roles.get(location.hash.slice(1));
    if (!role) return;
    const details = detailsOf(role);
    if (!details.isConnected) byId("roles").prepend(details);
    fill(details);
    details.open = true;
    details.querySelector("summary")?.focus();
  };
  addEventListener("hashchange", open);
  addEventListener("click", ({ target }) => {
    if ((target as Element).closest("a[href^='#']")) setTimeout(open);
  });
  addEventListener("beforeprint", () => {
    for (const details of byId("roles").children) fill(details);
  });
  open();
}
