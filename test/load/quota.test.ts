import { mkdir, writeFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import type { QuotaCounts } from '../../local/index.ts'
import { startLocalStack, type LocalStackOptions } from '../../local/local-stack.ts'
import { WITHOUT_LIMITS } from '../support/config.ts'
import { FREE_PORTS, startService } from '../support/service-process.ts'
import { crowd, shareServed, STEPS, type Load, type WhileReport } from './crowd.ts'
import { modelTime } from './model-time.ts'

/** `QUOTA_SECONDS=60 npm run test:load` gives each load a minute. */
const SECONDS = Number(process.env['QUOTA_SECONDS'] ?? 6)
/** A sixth of what a new account has, so that three times as much is no work for two cores. */
const SCALE = 6
const QUOTAS = {
  UserAuthentication: 120 / SCALE,
  UserCreation: 50 / SCALE,
  UserRead: 120 / SCALE,
  UserToken: 120 / SCALE,
  UserUpdate: 25 / SCALE,
}
const NEW_SHARE = 0.2
/** A new user takes two InitiateAuth. */
const COMERS = QUOTAS.UserAuthentication / (1 + NEW_SHARE)
const REFRESHES = QUOTAS.UserToken * 0.75
/** Some that come a little early or late are no reason to fail: two of fifty, in a short run. */
const NEARLY_ALL = 0.95
const MARGIN = 0.05
const SESSIONS = 40

/** Refresh tokens are exchanged for new ones, or the service would give the same answer again. */
const ROTATING = {
  refreshTokenRotation: { retryGracePeriodSeconds: 60 },
  explicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
} satisfies LocalStackOptions['client']

interface Seen {
  load: Load
  report: WhileReport
  /** What Cognito accepted and throttled meanwhile. */
  calls: QuotaCounts
}

async function scene(
  t: Test,
  { categories, env = {} }: { categories?: typeof QUOTAS; env?: Record<string, string> },
) {
  const time = modelTime()
  const local = await startLocalStack({
    triggersDir: 'dist/triggers',
    client: ROTATING,
    pool: { quotas: categories && { categories, clock: time.clock } },
  })
  t.teardown(() => local.close())
  const service = await startService(t, {
    ...local.serviceEnv,
    ...FREE_PORTS,
    ...WITHOUT_LIMITS,
    ...env,
  })
  service.child.once('exit', (code) => {
    if (code !== null)
      t.fail(`the service ended with ${code}`, { output: service.output().slice(-2_000) })
  })
  const people = crowd(local, service.url, time)
  await people.settle(SESSIONS)

  /** Each begins with quotas that nobody has used for a second. */
  async function during(load: Omit<Load, 'newShare' | 'ms'>): Promise<Seen> {
    const whole = { ...load, newShare: NEW_SHARE, ms: SECONDS * 1_000 }
    await time.pass(1_000)
    local.cognito.quotas.takeCounts()
    const report = await people.letCome(whole)
    return { load: whole, report, calls: local.cognito.quotas.takeCounts() }
  }
  return { local, service, people, during, time }
}

/** What holds whatever the load is. */
function expectOrder(t: Test, name: string, { report }: Seen): void {
  const [refresh, finish, start] = STEPS.map((step) => shareServed(report, step)) as [
    number,
    number,
    number,
  ]
  t.strictSame(report.unexpected, [], `${name}: nothing but 200, and 503 with retryAfter`)
  t.ok(refresh >= finish - MARGIN, `${name}: refreshes come first: ${refresh} of 1`)
  t.ok(finish >= start - MARGIN, `${name}: then finishes: ${finish}, then starts: ${start}`)
  const { served } = report.steps.start
  t.ok(report.signedIn >= served * NEARLY_ALL, `${name}: whoever could start has signed in`)
}

t.test('too many sign-ins for the quotas', { timeout: 600_000 }, async (t) => {
  const { during, local, people, service, time } = await scene(t, { categories: QUOTAS })
  const seen = new Map<string, Seen>()
  for (const factor of [0.5, 1, 1.5, 2, 3]) {
    seen.set(`${factor}`, await during({ comers: COMERS * factor, refreshes: REFRESHES }))
  }
  await writeTable(t, 'quota.md', seen)

  for (const [name, one] of seen) {
    expectOrder(t, name, one)
    t.ok(shareServed(one.report, 'refresh') >= NEARLY_ALL, `${name}: all refreshes are served`)
    t.ok(shareServed(one.report, 'finish') >= NEARLY_ALL, `${name}: all finishes are served`)
    expectNoRepetition(t, name, one)
  }
  const atQuota = seen.get('1')!
  t.ok(shareServed(seen.get('0.5')!.report, 'start') >= NEARLY_ALL, 'below the quota all start')
  for (const factor of ['1.5', '2', '3']) {
    const { report: over, calls } = seen.get(factor)!
    t.ok(calls.UserAuthentication.throttled > 0, `${factor}: it was too much`)
    t.ok(over.signedIn >= atQuota.report.signedIn * 0.9, `${factor}: as many sign in as before`)
    const { accepted } = calls.UserAuthentication
    const atLeast = atQuota.calls.UserAuthentication.accepted * 0.9
    t.ok(accepted >= atLeast, `${factor}: the quota is used: ${accepted} of ${atLeast}`)
  }
  t.notMatch(service.output(), /breaker open/, 'a throttle opens no breaker')

  // Made, and then throttled before their challenge.
  const turnedAway = [...seen.values()].flatMap(({ report: one }) => one.turnedAway)
  const half = turnedAway.filter((email) => local.cognito.users.find(email) !== undefined)
  t.ok(half.length > 0, `${half.length} users were made whose start was turned away`)
  for (const email of half) {
    await time.pass(200)
    t.ok(await people.canSignIn(email), 'who comes again later signs in at once')
  }
  const everybody = local.cognito.users.list().map(({ attributes }) => attributes['email'])
  t.equal(new Set(everybody).size, everybody.length, 'nobody was made twice')
})

const all = (calls: { accepted: number; throttled: number }) => calls.accepted + calls.throttled

/** A client's own repetition aside, nothing is asked twice because it was throttled. */
function expectNoRepetition(t: Test, name: string, { report: { steps }, calls }: Seen): void {
  const { UserAuthentication, UserCreation, UserToken, RespondToAuthChallenge } = calls
  const most = steps.start.asked + UserCreation.accepted
  t.ok(all(UserAuthentication) <= most, `${name}: one InitiateAuth each, two for new users`)
  t.ok(all(RespondToAuthChallenge) <= steps.finish.asked, `${name}: one answer for each finish`)
  t.ok(all(UserToken) <= steps.refresh.asked, `${name}: one call for each refresh`)
}

t.test('too many refreshes for their quota do not keep people out', async (t) => {
  const { during, service } = await scene(t, { categories: QUOTAS })
  const refreshes = QUOTAS.UserToken * 2
  const seen = await during({ comers: COMERS / 2, refreshes })
  await writeTable(t, 'quota-refreshes.md', new Map([['refreshes × 2', seen]]))
  const { report: people, calls } = seen
  t.strictSame(people.unexpected, [])
  t.ok(calls.UserToken.throttled > 0, 'there were too many')
  t.equal(people.steps.refresh.served, calls.UserToken.accepted, 'what Cognito accepts is served')
  const allowed = QUOTAS.UserToken * SECONDS
  t.ok(people.steps.refresh.served >= allowed * 0.9, 'and it accepts its quota')
  for (const step of ['start', 'finish'] as const) {
    t.ok(shareServed(people, step) >= NEARLY_ALL, `every ${step} is served`)
  }
  t.notMatch(service.output(), /breaker open/)
})

t.test('too much for the places of one instance', { timeout: 600_000 }, async (t) => {
  const env = { UPSTREAM_CONCURRENCY: '40' }
  const { during, local, service } = await scene(t, { env })
  local.cognito.faults.add({ operation: '*', fault: { kind: 'delay', ms: 600 } })
  const seen = new Map<string, Seen>()
  for (const comers of [8, 25, 50]) {
    seen.set(`${comers} a second`, await during({ comers, refreshes: 8 }))
  }
  await writeTable(t, 'places.md', seen)
  for (const [name, one] of seen) {
    expectOrder(t, name, one)
    t.ok(shareServed(one.report, 'refresh') >= NEARLY_ALL, `${name}: all refreshes are served`)
  }
  const [some, , many] = [...seen.values()]
  t.ok(shareServed(many!.report, 'start') < 0.5, 'most starts are turned away in the end')
  t.ok(many!.report.signedIn >= some!.report.signedIn * 0.9, 'and no fewer people sign in')
  t.notMatch(service.output(), /breaker open/)
})

/** As a table, for docs/capacity.md. */
async function writeTable(t: Test, file: string, seen: ReadonlyMap<string, Seen>): Promise<void> {
  const rows = [...seen].map(
    ([
      name,
      {
        load,
        report: { steps, signedIn },
        calls,
      },
    ]) => [
      name,
      load.comers.toFixed(1),
      perSecond(steps.start.asked),
      ...STEPS.map((step) => `${steps[step].served} of ${steps[step].asked}`),
      perSecond(signedIn),
      perSecond(calls.UserAuthentication.accepted),
      perSecond(calls.UserAuthentication.throttled),
    ],
  )
  const header = [
    'Load',
    'People/s',
    'Starts/s',
    'Refreshes served',
    'Finishes served',
    'Starts served',
    'Sign-ins/s',
    'InitiateAuth accepted/s',
    'throttled/s',
  ]
  const table = [header, header.map(() => '---'), ...rows].map(line).join('\n')
  t.comment(`\n${table}`)
  await mkdir('artifacts', { recursive: true })
  await writeFile(`artifacts/${file}`, `${table}\n`)
}

function perSecond(count: number): string {
  return (count / SECONDS).toFixed(1)
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
