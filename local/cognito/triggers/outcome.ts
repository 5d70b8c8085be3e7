/** How one invocation ended. */
export type Outcome =
  /** JSON text, as a Lambda function hands its result back. */
  | { kind: 'answered'; output: string }
  | { kind: 'threw'; message: string }
  | { kind: 'timed-out' }
  | { kind: 'crashed'; reason: string }

/** Something that takes an event as JSON text and answers within the limit, or not. */
export interface InvocationTarget {
  invoke(event: string): Promise<Outcome>
  close(): Promise<void>
}
