/** An answer that isn't from the service that was asked, or lacks what it documents. The message names the received and the expected value. */
export class BrokenAnswer extends Error {}
