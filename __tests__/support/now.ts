/** The time at which tests review, examine and publish. */
export const NOW = new Date("2026-06-01T00:00:00Z");
