import { formatCount } from "../../../../common/format-count";
import { code, codeOr, linesOf } from "../../../terminal/markdown";
import type { ProviderChange } from "../lock-change";
import type { Review } from "../review";
import { NEEDS_APPROVAL } from "./phrases";

/** The change of the provider lock file. */
export function lockLines({ kind, providers }: NonNullable<Review["lock"]>): string[] {
  return linesOf(
    `### Provider lock file: ${kind}`,
    "",
    `This file decides which providers Terraform installs and runs, with the rights of every deploy. Nothing is planned before this change is approved. ${NEEDS_APPROVAL}`,
    "",
    kind === "removed" &&
      "- Without the file, Terraform installs the newest version that is allowed, whatever its checksum.",
    providers?.map((change) => `- ${providerChangeWords(change)}`),
    !providers &&
      `- Unsupported: a lock file in a form that Terraform doesn't write. What Terraform reads from it is unknown. Regenerate it with ${code("npx support-app lock")}.`,
    "",
  );
}

function providerChangeWords({ address, before, after }: ProviderChange): string {
  const [version, newVersion] = [before, after].map((provider) => codeOr(provider?.version, "not locked"));
  const added = after?.hashes.filter((hash) => !before?.hashes.includes(hash)).length ?? 0;
  const removed = before?.hashes.filter((hash) => !after?.hashes.includes(hash)).length ?? 0;
  const parts = linesOf(
    version === newVersion ? version : `${version} → ${newVersion}`,
    added > 0 &&
      `${formatCount(added, "checksum")} added${before ? ", so that packages are accepted that were not accepted before" : ""}`,
    removed > 0 && `${formatCount(removed, "checksum")} removed`,
    before &&
      after &&
      before.constraints !== after.constraints &&
      `locked for the versions ${codeOr(before.constraints, "any")} → ${codeOr(after.constraints, "any")}`,
  );
  return `${code(address)}: ${parts.join("; ")}.`;
}
