/**
 * What a log line may say: each field with the form its values must have. Anything else is left out,
 * and `dropped` counts it: its name may be as telling as its value.
 */
type Form = (value: unknown) => unknown

/** @returns what may be logged of it; undefined when its form is not that of the field */
const word: Form = (value) => (typeof value === 'string' && isWord(value) ? value : undefined)
const words: Form = (value) =>
  Array.isArray(value) && value.length <= MOST_WORDS
    ? value.filter((entry) => word(entry) !== undefined)
    : undefined
const number: Form = (value) => (Number.isFinite(value) ? value : undefined)
const flag: Form = (value) => (typeof value === 'boolean' ? value : undefined)
/** Made safe by its serializer. */
const error: Form = (value) => value
const fields = (forms: Readonly<Record<string, Form>>): Form => {
  const allowed = new Map(Object.entries(forms))
  return (value) =>
    typeof value === 'object' && value !== null ? allowedOf(allowed, value) : undefined
}

/** Names, codes, ids and times: no @ and no +, so that no address is one. */
const WORD = /^[\w .:,;/()-]{1,200}$/
/** A token, sealed session or key has more than this in one piece; no id of ours or theirs has. */
const LONGEST_RUN = 64
const SHORTEST_ID = 20
const LONG_RUN = new RegExp(`[^\\s/]{${LONGEST_RUN + 1}}`)
const MOST_WORDS = 20

const UPSTREAM = { service: word, operation: word, reason: word, requestId: word }

const FIELDS: ReadonlyMap<string, Form> = new Map(
  Object.entries({
    // Of every line that is about a request.
    requestId: word,
    operation: word,
    code: word,
    method: word,
    route: word,
    status: number,
    ms: number,
    // Of failures.
    err: error,
    error,
    reason: word,
    upstream: fields(UPSTREAM),
    // Of the process.
    signal: word,
    // Of traces (OpenTelemetry's names).
    trace_id: word,
    span_id: word,
    trace_flags: word,
    // Of audit events; see audit/fields.ts.
    audit: flag,
    event: word,
    outcome: word,
    flow: word,
    finding: word,
    user: word,
    identifier: word,
    identifierKind: word,
    address: word,
    idempotencyKey: word,
    action: word,
    ruleIds: words,
    state: word,
    verificationMethod: word,
    provider: word,
    retry: flag,
    hidden: flag,
    seconds: number,
  }),
)

/** What may be logged of the fields somebody gave. */
export function allowedFields(given: object): Record<string, unknown> {
  return allowedOf(FIELDS, given)
}

function allowedOf(forms: ReadonlyMap<string, Form>, given: object): Record<string, unknown> {
  const allowed: Record<string, unknown> = {}
  let dropped = 0
  for (const name of Object.keys(given)) {
    const value: unknown = Reflect.get(given, name)
    if (value === undefined) continue
    const shown = forms.get(name)?.(value)
    if (shown === undefined) dropped++
    else allowed[name] = shown
  }
  if (dropped > 0) allowed['dropped'] = dropped
  return allowed
}

/** The words of every line, such as the names of operations. */
const known = new Set<string>()
const WORDS_KNOWN = 500

function isWord(text: string): boolean {
  if (known.has(text)) return true
  const isFit = WORD.test(text) && !(text.length > LONGEST_RUN && LONG_RUN.test(text))
  // Ids are longer and differ every time.
  if (isFit && text.length < SHORTEST_ID && known.size < WORDS_KNOWN) known.add(text)
  return isFit
}
