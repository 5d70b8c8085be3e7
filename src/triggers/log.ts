export type LogFields = Readonly<Record<string, string | boolean | readonly string[]>>

/** One JSON line for CloudWatch. Only names, codes and ids of requests: no user, token or address. */
export function log(level: 'info' | 'error', msg: string, fields: LogFields): void {
  process.stdout.write(`${JSON.stringify({ level, msg, ...fields })}\n`)
}
