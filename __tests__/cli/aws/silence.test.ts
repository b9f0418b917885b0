import { listen, NoAnswer } from "../../../cli/aws/silence";

const PATIENCE = { attempt: 10_000, silence: 30_000, notice: 5_000, pause: 100 };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Silence from now on, with what was told about it. */
function listening() {
  const told: string[] = [];
  return { ...listen(PATIENCE, (waitingFor) => told.push(waitingFor)), told };
}

test("after 5 s without an answer, the longest pending call is reported once, and after 30 s it is given up", () => {
  const { signal, waitFor, told } = listening();
  const isDone = waitFor("GetUser from https://iam.amazonaws.com");
  waitFor("GetRole from https://iam.amazonaws.com");
  isDone();
  jest.advanceTimersByTime(4_999);
  expect(told).toEqual([]);
  jest.advanceTimersByTime(25_000);
  expect(told).toEqual(["GetRole from https://iam.amazonaws.com"]);
  expect(signal.aborted).toBe(false);
  jest.advanceTimersByTime(1);
  expect(signal.reason).toEqual(new NoAnswer("waited 30 s for GetRole from https://iam.amazonaws.com"));
  expect(jest.getTimerCount()).toBe(0);
});

test("before the first call, the credentials are what is waited for", () => {
  const { signal, told } = listening();
  jest.advanceTimersByTime(30_000);
  expect(told).toEqual(["the credentials"]);
  expect(signal.reason).toEqual(new NoAnswer("waited 30 s for the credentials"));
});

test("between two attempts, the last one is what is waited for", () => {
  const { waitFor, told } = listening();
  waitFor("GetUser from https://iam.amazonaws.com")();
  jest.advanceTimersByTime(5_000);
  expect(told).toEqual(["GetUser from https://iam.amazonaws.com"]);
});

test("an answer restarts the silence, and a deliberate pause doesn't count", () => {
  const { signal, heard, told } = listening();
  for (let count = 0; count < 100; count++) {
    jest.advanceTimersByTime(4_000);
    heard();
  }
  heard(20_000);
  jest.advanceTimersByTime(24_999);
  expect(told).toEqual([]);
  jest.advanceTimersByTime(25_000);
  expect(signal.aborted).toBe(false);
  jest.advanceTimersByTime(1);
  expect(signal.aborted).toBe(true);
});

test("after the end, nothing keeps the process running, not even a late answer", () => {
  const { end, heard, signal } = listening();
  end();
  expect(jest.getTimerCount()).toBe(0);
  expect(signal.reason).toBeInstanceOf(NoAnswer);
  heard();
  expect(jest.getTimerCount()).toBe(0);
});

test("while this process is blocked, AWS isn't silent: its answers wait as well", async () => {
  jest.useRealTimers();
  const told: string[] = [];
  const { signal, end } = listen({ ...PATIENCE, silence: 1_100, notice: 1_050 }, (waitingFor) => told.push(waitingFor));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_300);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect({ told, isAborted: signal.aborted }).toEqual({ told: [], isAborted: false });
  end();
});
