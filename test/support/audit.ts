/** An audit event, as a reader of the log sees it. */
export interface AuditLine extends Record<string, unknown> {
  event: string
  requestId: string
  user?: string
  identifier?: string
  idempotencyKey?: string
}

/** The audit events among log lines, oldest first; the lines are taken out. */
export function takeAudit(log: string[]): AuditLine[] {
  return log
    .splice(0)
    .map((line) => JSON.parse(line) as AuditLine & { audit?: true })
    .filter(({ audit }) => audit === true)
}

export const eventsIn = (lines: readonly AuditLine[]) => lines.map(({ event }) => event)

/**
 * How the JWTs begin that are about here. Three letters of it would not do: they occur by chance in
 * the names of users and attempts, which are base64url.
 */
export const JWT_STARTS = ['eyJhbGci', 'eyJraWQi', 'eyJ0eXAi']
