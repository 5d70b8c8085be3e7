import { isIP } from 'node:net'
import { isProfileField, PROFILE_FIELDS, type ProfileField } from './account/profile.ts'
import { parseApiUrl } from './authsignal/api-url.ts'
import { isRegion } from './limits/phone-countries.ts'
import { parseFinishedShare, parseRate } from './limits/rate.ts'
import { isSecureUrl } from './secure-url.ts'
import { parseRedisUrl } from './shared-state/redis-url.ts'
import { parseExporterHeaders } from './tracing/exporter-headers.ts'

/** One environment variable. `parse` gets the text or the default, and throws what to write instead. */
interface Variable<T> {
  says: string
  default?: string
  /** May come from a file instead: `NAME_FILE` is its path. */
  isSecret?: true
  parse: (text: string | undefined) => T
}

/** Every variable of the service, in the order of the documentation generated from it. */
export const VARIABLES = {
  PORT: variable('Port of the public listener.', wholeNumber(0, 65_535), '3000'),
  HOST: variable(
    'Address of both listeners.',
    matching(/^[\w.:-]{1,255}$/, 'an address or a host name'),
    '0.0.0.0',
  ),
  ADMIN_HOST: variable(
    'Another address for the admin listener alone, such as one of an internal network.',
    optional(matching(/^[\w.:-]{1,255}$/, 'an address or a host name')),
  ),
  ADMIN_PORT: variable(
    'Port of the admin listener: health, metrics, the OpenAPI document and its page. Do not expose it.',
    wholeNumber(0, 65_535),
    '9464',
  ),
  AWS_REGION: variable(
    'Region of the user pool. Credentials come from the AWS default chain.',
    matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-west-1'),
  ),
  COGNITO_USER_POOL_ID: variable(
    'The user pool.',
    matching(/^[\w-]+_[0-9a-zA-Z]+$/, 'a pool id such as eu-west-1_AbCdEf123'),
  ),
  COGNITO_CLIENT_ID: variable('The app client.', matching(/^\w{1,128}$/, 'an app client id')),
  COGNITO_CLIENT_SECRET: secret(
    "The app client's secret, if it has one. It should: without it anybody can call Cognito directly.",
    optional(matching(/^[\w+]{1,64}$/, 'an app client secret')),
  ),
  COGNITO_ENDPOINT: variable('Another Cognito, for emulators.', optional(httpUrl())),
  COGNITO_AUTH_SESSION_MINUTES: variable(
    "The app client's AuthSessionValidity, 3 to 15.",
    wholeNumber(3, 15),
    '3',
  ),
  AUTHSIGNAL_SECRET: secret(
    'The API secret key of the Authsignal tenant.',
    matching(/^[\x21-\x7e]{1,512}$/, 'an API secret key'),
  ),
  AUTHSIGNAL_URL: variable(
    "The tenant's region, with `/v1`: https://eu.api.authsignal.com/v1.",
    (value) => parseApiUrl(text()(value)),
  ),
  ACTION_CODE: variable(
    "The action that sign-ins are tracked under; the triggers' variable of the same name.",
    matching(/^[a-zA-Z0-9_-]{1,64}$/, 'an action code'),
    'cognitoAuth',
  ),
  SESSION_KEYS: secret(
    'Comma-separated base64 keys of 32 bytes. The first seals sessions, all of them open.',
    sessionKeys,
  ),
  PROVISIONING: variable(
    '`create` makes missing users with AdminCreateUser, `sign-up` with SignUp (no AWS credentials, our pre-sign-up trigger), `none` makes no users.',
    oneOf('create', 'sign-up', 'none'),
    'create',
  ),
  USERNAME_FORM: variable(
    '`attribute`: email or phone number is the username or an alias of it. `lookup`: it is neither; users are found by it (ListUsers), and new ones get a made-up username.',
    oneOf('attribute', 'lookup'),
    'attribute',
  ),
  CHALLENGE_ANSWER_FORMAT: variable(
    '`raw` or `json` (`{"token":…}`), for pools whose triggers expect that. Ours take both.',
    oneOf('raw', 'json'),
    'raw',
  ),
  GOOGLE_AUDIENCES: variable(
    'Comma-separated OAuth client ids for which Google ID tokens are accepted. Without any, none is.',
    listOf(clientId, 'OAuth client ids'),
    '',
  ),
  APPLE_AUDIENCES: variable(
    'Comma-separated bundle ids and services ids for which Apple ID tokens are accepted. Without any, none is.',
    listOf(clientId, 'bundle ids or services ids'),
    '',
  ),
  ID_TOKEN_NONCE: variable(
    '`required`: an ID token counts only with the nonce whose SHA-256 it was asked for with. `optional`: one with the nonce as it is, or without one, counts too.',
    oneOf('required', 'optional'),
    'required',
  ),
  GOOGLE_ENDPOINT: variable(
    'Another Google, for emulators: the issuer of the ID tokens, with its keys at `/jwks`.',
    optional(issuerUrl),
  ),
  APPLE_ENDPOINT: variable('Another Apple, likewise.', optional(issuerUrl)),
  ALLOWED_REDIRECT_URLS: variable(
    'Comma-separated URLs that `redirectUrl` may name; query and fragment are free.',
    listOf(url, 'absolute URLs'),
    '',
  ),
  CORS_ORIGINS: variable(
    'Comma-separated origins of web apps that call the service from a browser.',
    listOf(origin, 'origins such as https://app.example.com'),
    '',
  ),
  HSTS_MAX_AGE: variable(
    'Seconds for which browsers come to this host and its subdomains by https only, once they have (Strict-Transport-Security); 0 makes them forget it.',
    wholeNumber(0, 63_072_000),
    '31536000',
  ),
  TRUST_PROXY: variable(
    'Comma-separated CIDR ranges of proxies whose X-Forwarded-For, X-Request-Id and traceparent are believed. They append to the first, and set or remove the others; what a client sent must not come through.',
    listOf(cidr, 'ranges such as 10.0.0.0/8'),
    '',
  ),
  REDIS_URL: secret(
    'A Redis that instances share: `redis://` or `rediss://`, with credentials if it wants some. Without it each instance knows only which proofs and refresh tokens were used with itself, and orders only its own removals of authenticators.',
    optional((value) => parseRedisUrl(text()(value))),
  ),
  PROFILE_ATTRIBUTES: variable(
    `Comma-separated fields of the profile that users may change, of: ${PROFILE_FIELDS.join(', ')}. The app client must be allowed to write them.`,
    profileFields,
    'name,givenName,familyName,nickname,locale,zoneinfo',
  ),
  RECENT_SIGN_IN_MINUTES: variable(
    'How long after a sign-in or step-up users may add and remove authenticators and delete their account.',
    wholeNumber(1, 60),
    '10',
  ),
  UPSTREAM_TIMEOUT_MS: variable(
    'Deadline of all the calls to Cognito that one request makes, and of those to Authsignal where it is about the account. Cognito waits up to 5 s for each trigger.',
    wholeNumber(100, 60_000),
    '15000',
  ),
  BLOCKED_STARTS: variable(
    '`hide`: a start that a rule blocks or holds is answered like one for nobody, as a rule about a user would tell who is one. `tell`: it is answered 403 `sign_in_blocked`.',
    oneOf('hide', 'tell'),
    'hide',
  ),
  START_SIGN_IN_FLOOR_MS: variable(
    'No start, and no refusal at finish, answers faster, so that time does not tell who is a user.',
    wholeNumber(0, 10_000),
    '500',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(
    'Where traces go, as OTLP over HTTP; `/v1/traces` is added to it. Without it, and without the next one, there are none.',
    optional(httpUrl()),
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: variable(
    'The same for traces alone, used as it is.',
    optional(httpUrl()),
  ),
  OTEL_EXPORTER_OTLP_HEADERS: secret(
    'Headers for the exporter, such as its key: comma-separated `name=value`, the values percent-encoded.',
    optional((value) => parseExporterHeaders(text()(value))),
  ),
  OTEL_SERVICE_NAME: variable(
    'What the service is called in traces.',
    matching(/^[\w.-]{1,128}$/, 'a name'),
    'cognito-authsignal-bff',
  ),
  OTEL_TRACES_SAMPLER_ARG: variable(
    'Which share of the requests is traced, 0 to 1, unless a proxy in front has decided that (traceparent).',
    share,
    '1',
  ),
  RATE_LIMIT_IP: variable(
    'Requests per client address as `<count>/<seconds>`, or `off`: so many at once, then evenly. An office or a mobile network can share one address; IPv6 counts by /64, and by /48 with ten times as many. While a quarter of the places for calls to Cognito is taken, one address (/48) holds a tenth of them at most; not when `off`. With `REDIS_URL` all instances count together, while it is away each for itself.',
    parseRate,
    '600/60',
  ),
  RATE_LIMIT_START_IP: variable('Starts of sign-ins per client address.', parseRate, '300/600'),
  RATE_LIMIT_IDENTIFIER: variable(
    'Starts, and sign-ins with an ID token, per person: spellings and tags of one mailbox count as one. Anybody can use up what another person has, so keep it short; of more than 5, one address has half. Enrolments count for the address that is enrolled, and for the user.',
    parseRate,
    '10/600',
  ),
  RATE_LIMIT_COUNTRY: variable(
    'Starts and enrolments with a phone number per country, from all clients together; of more than 10, one address has a tenth, and 10 at least. Set it to some times what your busiest country needs.',
    parseRate,
    '600/600',
  ),
  RATE_LIMIT_PREFIX: variable(
    'Against toll fraud, `<count>/<seconds>/<percent>` or `off`: per phone prefix (country code and three digits) so many starts and enrolments may be left unfinished at once (of more than 10, a tenth from one address, and 10 at least), and as many more per so many seconds. When that is used up, further starts are refused until some are finished: each makes room for 100/percent.',
    parseFinishedShare,
    '50/3600/10',
  ),
  RATE_LIMIT_SESSION: variable(
    'Calls with the same session, refresh token or access token.',
    parseRate,
    '120/60',
  ),
  PHONE_COUNTRIES: variable(
    'Comma-separated ISO regions (NZ, AU) whose phone numbers may sign in or be enrolled. Without any, all. Islands count apart: GB is not JE.',
    listOf(isRegion, 'ISO regions such as NZ'),
    '',
  ),
  UPSTREAM_CONCURRENCY: variable(
    'How many calls to Cognito, and as many to Authsignal, one instance makes at a time. Starts may fill 70 % of it, finishes and what users do with their account 90 %, refreshes and sign-outs all. Five times as many requests are taken at a time. More are answered 503 at once.',
    wholeNumber(1, 10_000),
    '200',
  ),
  MAX_EVENT_LOOP_DELAY_MS: variable(
    'How late the event loop may be, two seconds long, before starts are answered 503. Finishes bear twice, refreshes four times as much. 0 turns it off.',
    wholeNumber(0, 60_000),
    '200',
  ),
  SHUTDOWN_DELAY_MS: variable(
    'How long the service goes on taking requests after it was told to stop and is no longer ready, so that load balancers notice first. In Kubernetes about 5000; the grace period of the pod has to be 10 s longer.',
    wholeNumber(0, 300_000),
    '0',
  ),
  LOG_LEVEL: variable(
    'Least severe level that is logged.',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
  ),
  AUDIT_LOG: variable(
    '`on` writes the [audit events](audit.md) among the log lines, whatever LOG_LEVEL says; `off` writes none.',
    oneOf('on', 'off'),
    'on',
  ),
  LOG_IP: variable(
    "What audit events show of clients' addresses: `off` nothing, `digest` a keyed digest (of /64 for IPv6), `truncated` the network (/24, /48), `full` all of it.",
    oneOf('off', 'digest', 'truncated', 'full'),
    'digest',
  ),
} satisfies Record<string, Variable<unknown>>

type Parse<T> = (text: string | undefined) => T

function variable<T>(says: string, parse: Parse<T>, fallback?: string): Variable<T> {
  return { says, parse, ...(fallback === undefined ? {} : { default: fallback }) }
}

/** One that never stands in an environment if the operator does not want it to. */
function secret<T>(says: string, parse: Parse<T>): Variable<T> {
  return { says, parse, isSecret: true }
}

function text(): Parse<string> {
  return (value) => {
    if (!value) throw new Error('is required')
    return value
  }
}

function optional<T>(parse: Parse<T>): Parse<T | undefined> {
  return (value) => (value ? parse(value) : undefined)
}

function matching(pattern: RegExp, what: string): Parse<string> {
  return (value) => {
    const given = text()(value)
    if (!pattern.test(given)) throw new Error(`must be ${what}`)
    return given
  }
}

function wholeNumber(least: number, most: number): Parse<number> {
  return (value) => {
    const number = /^\d+$/.test(value ?? '') ? Number(value) : Number.NaN
    if (!(number >= least && number <= most)) {
      throw new Error(`must be a whole number from ${least} to ${most}`)
    }
    return number
  }
}

function share(value: string | undefined): number {
  const number = /^(?:0|1|[01]?\.\d+)$/.test(value ?? '') ? Number(value) : Number.NaN
  if (!(number >= 0 && number <= 1)) throw new Error('must be a number from 0 to 1')
  return number
}

function oneOf<const Choice extends string>(...choices: Choice[]): Parse<Choice> {
  return (value) => {
    const found = choices.find((choice) => choice === value)
    if (found === undefined) throw new Error(`must be one of: ${choices.join(', ')}`)
    return found
  }
}

function listOf(check: (entry: string) => boolean, what: string): Parse<readonly string[]> {
  return (value) => {
    const entries = (value ?? '').split(',').map((entry) => entry.trim())
    const given = entries.filter((entry) => entry !== '')
    if (!given.every(check)) throw new Error(`must be a comma-separated list of ${what}`)
    return given
  }
}

function httpUrl(): Parse<string> {
  return (value) => {
    if (!value || !/^https?:\/\//.test(value) || !URL.canParse(value)) {
      throw new Error('must be an http or https URL')
    }
    return value.replace(/\/+$/, '')
  }
}

/** Whoever answers for such a URL says who signs in. */
function issuerUrl(value: string | undefined): string {
  const given = httpUrl()(value)
  if (/[?#]/.test(given) || !isSecureUrl(given)) {
    throw new Error('must be an https URL without a query; http is for localhost')
  }
  return given
}

function sessionKeys(value: string | undefined): readonly Buffer[] {
  const keys = text()(value)
    .split(',')
    .map((key) => key.trim())
  return keys.map((key) => {
    const bytes = Buffer.from(key, 'base64')
    if (bytes.length !== 32 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(key)) {
      throw new Error('must be base64 of 32 bytes each: openssl rand -base64 32')
    }
    return bytes
  })
}

function clientId(entry: string): boolean {
  return /^[\w.-]{1,255}$/.test(entry)
}

function profileFields(value: string | undefined): readonly ProfileField[] {
  return listOf(isProfileField, 'fields of the profile')(value).filter(isProfileField)
}

function url(entry: string): boolean {
  return URL.canParse(entry)
}

function origin(entry: string): boolean {
  return /^https?:/.test(entry) && URL.canParse(entry) && new URL(entry).origin === entry
}

function cidr(entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  if (prefix === undefined) return true
  const bits = /^\d+$/.test(prefix) ? Number(prefix) : Number.NaN
  // A prefix of 0 would believe every client's own header.
  return bits > 0 && bits <= (family === 4 ? 32 : 128)
}
