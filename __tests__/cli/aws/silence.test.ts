import { listen, NoAnswer } from "../../../cli/aws/silence";

const PATIENCE = { attempt: 10_000, silence: 30_000, notice: 5_000, pause: 100 };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Silence from now on, with what was told about it. */
function listening() {
  const told: string[] = [];
  return { ...listen(PATIENCE, (waitingFor) => told.push(waitingFor)), told };
}

test("after 5 s without an answer it is said what is waited for longest, once, and after 30 s it has an end", () => {
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

test("where nothing is asked yet, it is the credentials that are waited for", () => {
  const { signal, told } = listening();
  jest.advanceTimersByTime(30_000);
  expect(told).toEqual(["the credentials"]);
  expect(signal.reason).toEqual(new NoAnswer("waited 30 s for the credentials"));
});

test("between two tries it is the last one that is waited for", () => {
  const { waitFor, told } = listening();
  waitFor("GetUser from https://iam.amazonaws.com")();
  jest.advanceTimersByTime(5_000);
  expect(told).toEqual(["GetUser from https://iam.amazonaws.com"]);
});

test("an answer begins a new silence, and a pause of doctor's own isn't one", () => {
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

test("nothing keeps a process running at the end, nor does an answer after it", () => {
  const { end, heard, signal } = listening();
  end();
  expect(jest.getTimerCount()).toBe(0);
  expect(signal.reason).toBeInstanceOf(NoAnswer);
  heard();
  expect(jest.getTimerCount()).toBe(0);
});

test("where this process stands still, AWS isn't silent: its answers wait, too", async () => {
  jest.useRealTimers();
  const told: string[] = [];
  const { signal, end } = listen({ ...PATIENCE, silence: 1_100, notice: 1_050 }, (waitingFor) => told.push(waitingFor));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_300);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect({ told, isAborted: signal.aborted }).toEqual({ told: [], isAborted: false });
  end();
});
