import { listen, NoAnswer } from "../../../cli/aws/silence";

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const never = () => new Promise<never>(() => {});

/** Silence from now on, with what was told about it. */
function listening() {
  const notices: string[] = [];
  return { ...listen(1_000, (waitingFor) => notices.push(waitingFor)), notices };
}

test("after 5 s without an answer, the longest pending call is reported once, and after 30 s it is given up", async () => {
  const { signal, waitFor, notices } = listening();
  await waitFor("https://sts.amazonaws.com", Promise.resolve());
  const waited = expect(waitFor("https://iam.amazonaws.com", never())).rejects.toThrow(
    new NoAnswer("waited 30 s for https://iam.amazonaws.com"),
  );
  waitFor("https://support.us-east-1.amazonaws.com", never()).catch(() => {});
  jest.advanceTimersByTime(4_999);
  expect(notices).toEqual([]);
  jest.advanceTimersByTime(25_000);
  expect(notices).toEqual(["https://iam.amazonaws.com"]);
  expect(signal.aborted).toBe(false);
  jest.advanceTimersByTime(1);
  expect(signal.reason).toBeInstanceOf(NoAnswer);
  await waited;
  expect(jest.getTimerCount()).toBe(0);
});

test("an answer that began and doesn't end is given up, too", async () => {
  const { signal, waitFor, notices } = listening();
  await waitFor("https://iam.amazonaws.com", Promise.resolve());
  jest.advanceTimersByTime(30_000);
  expect(notices).toEqual(["https://iam.amazonaws.com"]);
  expect(signal.reason).toEqual(new NoAnswer("waited 30 s for https://iam.amazonaws.com"));
});

test("an answer restarts the silence", async () => {
  const { signal, waitFor, notices } = listening();
  for (let count = 0; count < 100; count++) {
    jest.advanceTimersByTime(4_000);
    expect(await waitFor("https://iam.amazonaws.com", Promise.resolve(count))).toBe(count);
  }
  expect({ notices, isAborted: signal.aborted }).toEqual({ notices: [], isAborted: false });
});

test("a failure is no answer", async () => {
  const { signal, waitFor } = listening();
  for (let count = 0; count < 6; count++) {
    jest.advanceTimersByTime(5_000);
    await expect(waitFor("x", Promise.reject(new Error("refused")))).rejects.toThrow(count < 5 ? "refused" : NoAnswer);
  }
  expect(signal.aborted).toBe(true);
});

test("after the end, nothing keeps the process running", () => {
  const { end, signal } = listening();
  end();
  expect(jest.getTimerCount()).toBe(0);
  expect(signal.reason).toBeInstanceOf(NoAnswer);
});

test("while this process is blocked, AWS isn't silent: its answers wait as well", async () => {
  jest.useRealTimers();
  const notices: string[] = [];
  const { signal, end } = listen(10, (waitingFor) => notices.push(waitingFor));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect({ notices, isAborted: signal.aborted }).toEqual({ notices: [], isAborted: false });
  end();
});
