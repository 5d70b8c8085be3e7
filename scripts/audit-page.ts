import { EVENTS, TRIGGER_EVENTS } from '../src/audit/events.ts'
import { FIELDS } from '../src/audit/fields.ts'
import { FINDINGS } from '../src/audit/findings.ts'

/** What stands above the list of events in docs/audit.md. */
export const AUDIT_PAGE = `One line of JSON for each thing that happens to a sign-in or an account, among the other log lines on
standard output, with \`"audit":true\`. They are written whatever \`LOG_LEVEL\` says; \`AUDIT_LOG=off\` ends them.
Reading (\`GET\`) leaves none, nor does what is refused before it is looked at: a body that breaks the
schema, a limit, a path that is not there. Those are in the metrics.

\`\`\`json
{"level":"info","time":"2026-11-22T09:30:00.000Z","service":"cognito-authsignal-bff","audit":true,"requestId":"0b3b3b0c-1f6e-4c7e-8a5b-2f9d6c1e4a77","event":"sign_in_finished","operation":"finishSignIn","outcome":"ok","flow":"challenge","identifierKind":"email","idempotencyKey":"bff-7Qmn0w3sYb1kq2c4Yb1k","user":"qV0mJ3n1sQ7bX2cT9dLk5w","identifier":"mZ8rT2yP6uW1vN4aH7eK0g","seconds":21,"address":"x9Kc3LmQ0pR5tV8wY2zB4d","msg":"audit"}
\`\`\`

No line has an address, name, token, code or session in it. People are keyed digests (HMAC-SHA-256, 132
bits of it; the key is derived from \`AUTHSIGNAL_SECRET\`, so a new secret gives everybody new ones). They are
still personal data: whoever has the secret can check a guess.

## Events`

/** What stands below it. */
export const AUDIT_TABLES = [
  {
    title: 'Fields',
    intro: 'What is not known is left out.',
    head: ['Field', 'Meaning'],
    rows: rowsOf(FIELDS),
  },
  {
    title: 'Findings',
    intro: 'What exactly was wrong with a proof or a session. Clients get the code only.',
    head: ['Finding', 'Meaning'],
    rows: rowsOf(FINDINGS),
  },
  {
    title: 'In the log of the triggers',
    intro:
      'The rules that matched and the method that was used are seen by the triggers only, which write them to ' +
      'their own log (CloudWatch), with `trigger`, `state`, `idempotencyKey`, `ruleIds` or `verificationMethod`. The ' +
      'idempotency key joins them with the events above.',
    head: ['Event', 'Meaning'],
    rows: rowsOf(TRIGGER_EVENTS),
  },
]

export const AUDIT_EVENTS = rowsOf(EVENTS)

function rowsOf(table: Readonly<Record<string, string>>): string[][] {
  return Object.entries(table).map(([name, says]) => [`\`${name}\``, says])
}
