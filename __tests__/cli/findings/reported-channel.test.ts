import { countsInWords, type PeopleCounts } from "../../../cli/findings/reported-channel";

const NOBODY: PeopleCounts = { members: 0, guests: 0, strangers: 0, bots: 0, unseen: 0 };

test.each<[Partial<PeopleCounts>, string]>([
  [{}, "0 people, 0 bots"],
  [{ members: 1, bots: 1 }, "1 person, 1 bot"],
  [{ members: 12, guests: 2, bots: 3 }, "12 people (2 guests), 3 bots"],
  [{ members: 2, guests: 1 }, "2 people (1 guest), 0 bots"],
  [{ members: 2, strangers: 1 }, "2 people (1 of other organizations), 0 bots"],
  [{ members: 9, guests: 3, strangers: 2 }, "9 people (3 guests, 2 of other organizations), 0 bots"],
  [{ members: 500, unseen: 2 }, "500 people, 0 bots, and 2 unknown"],
])("the counts %j are %s in words", (counts, words) => {
  expect(countsInWords({ ...NOBODY, ...counts })).toBe(words);
});
