import { appCalls, type TrailEvent } from "./people";

const ROLE = "arn:aws:iam::111122223333:role/SupportAppAcceptanceFull";
const OTHER = "arn:aws:iam::111122223333:role/Other";

const assuming = (roleArn: string, overrides: Partial<TrailEvent> = {}): TrailEvent => ({
  eventSource: "sts.amazonaws.com",
  eventName: "AssumeRole",
  userIdentity: { invokedBy: "supportapp.amazonaws.com" },
  requestParameters: { roleArn },
  ...overrides,
});
const calling = (eventName: string, arn: string): TrailEvent => ({
  eventSource: "support.amazonaws.com",
  eventName,
  requestParameters: null,
  userIdentity: { sessionContext: { sessionIssuer: { arn } } },
});

test("CloudTrail's records say what the Support App did with a role, and nothing of other callers and roles", () => {
  const events = [
    assuming(ROLE, { requestParameters: { roleArn: ROLE, durationSeconds: 900 } }),
    assuming(ROLE),
    assuming(OTHER),
    { ...assuming(ROLE), userIdentity: { invokedBy: "ec2.amazonaws.com" } },
    calling("DescribeCases", ROLE),
    calling("DescribeCases", ROLE),
    calling("CreateCase", OTHER),
  ];
  expect(appCalls(events, ROLE)).toEqual({
    assumed: ["assumed"],
    sessions: [900, null],
    actions: ["support:DescribeCases"],
  });
});

test("a role that the Support App may not assume is refused, and then nothing is called", () => {
  expect(appCalls([assuming(ROLE, { errorCode: "AccessDenied" })], ROLE)).toEqual({
    assumed: ["AccessDenied"],
    sessions: [null],
    actions: [],
  });
});
