import t from 'tap'
import type { Check, Verdict } from '../../src/doctor/check.ts'
import { asJson, asText, exitOf, findings } from '../../src/doctor/report.ts'
import { factsOf } from './support.ts'

const facts = factsOf()
const found = (...verdicts: Verdict[]) =>
  findings(
    verdicts.map((verdict, index): Check => ({
      id: `check.${index}`,
      holds: 'it holds',
      why: 'it matters',
      worst: 'problem',
      examine: () => verdict,
    })),
    facts,
  )
const OK: Verdict = { status: 'ok', found: 'as it should be' }
const WARNING: Verdict = { status: 'warning', found: 'not so good', fix: 'better it' }
const PROBLEM: Verdict = { status: 'problem', found: 'bad', fix: "change_pool '.a=1'" }
const SKIPPED: Verdict = { status: 'skipped', found: 'does not apply' }
const UNSEEN: Verdict = { status: 'skipped', found: 'away', couldNotCheck: true }

t.test(
  'ends with 0 unless there is a problem (1) or something that was not seen (2)',
  async (t) => {
    t.equal(exitOf(found(OK, WARNING, SKIPPED)), 0)
    t.equal(exitOf(found(OK, PROBLEM)), 1)
    t.equal(exitOf(found(OK, UNSEEN)), 2)
    t.equal(exitOf(found(UNSEEN, PROBLEM)), 1, 'a problem is certain')
  },
)

t.test('writes a line for each check, and under it what to type', async (t) => {
  const lines = asText(found(OK, WARNING, SKIPPED, UNSEEN), facts.config).split('\n')
  t.strictSame(lines, [
    'ok       check.0: as it should be',
    'warning  check.1: not so good (it matters)',
    '         fix: better it',
    'skipped  check.2: does not apply',
    'skipped  check.3: away',
    '',
    '1 ok, 1 warnings, 0 problems, 2 skipped (1 could not be checked)',
    '',
  ])
})

t.test('defines the functions that a fix calls, and only then', async (t) => {
  t.match(asText(found(PROBLEM), facts.config), /^ {2}change_pool\(\) \{ aws cognito-idp/m)
  t.notMatch(asText(found(WARNING), facts.config), /change_/)
})

t.test('says the same to machines', async (t) => {
  const report = JSON.parse(asJson(found(OK, PROBLEM, UNSEEN), facts.config))
  t.match(report, {
    exitStatus: 1,
    counts: { ok: 1, problem: 1, warning: 0, skipped: 1, couldNotCheck: 1 },
    checks: [
      { id: 'check.0', status: 'ok' },
      { id: 'check.1', status: 'problem', found: 'bad', why: 'it matters', fix: String },
      { id: 'check.2', status: 'skipped', couldNotCheck: true },
    ],
  })
  t.equal(report.shellFunctions.length, 3)
})
