/** A rules.yaml in which every rule stands. */
export const EVERY_RULE = {
  all: {
    "access-levels": ["read-only", "full"],
    capabilities: ["view-cases", "create-cases"],
    temporarily: ["live-chat"],
    longest: { days: 90 },
    "slack-workspaces": ["T012ABCDEFG"],
    policy: "customer-managed",
    "permissions-boundary": "policy/team/boundary",
    path: "/support-app/",
    tags: { CostCentre: {}, Owner: { values: ["platform"] } },
    private: "required",
    guests: "refused",
    shared: "refused",
    members: { "at-most": 25 },
  },
  tiers: { production: { policy: "customer-managed" } },
};
