import t from 'tap'
import { judgeTriggers, TRIGGER_BOUNDS } from '../../bench/triggers-verdict.ts'

const fine = { name: 'create', bytes: 300_000, zipBytes: 90_000, importMs: [60, 55, 70] }

t.test('says nothing where every bound is kept, to the last byte and millisecond', async (t) => {
  t.strictSame(judgeTriggers([fine, { ...fine, bytes: 350 * 1024, importMs: [80, 80, 200] }]), [])
  t.strictSame(TRIGGER_BOUNDS, { bytes: 350 * 1024, importMs: 80 })
})

t.test('names every bound that is broken, and by which trigger', async (t) => {
  const heavy = { ...fine, name: 'verify', bytes: 350 * 1024 + 1, importMs: [81, 60, 82] }
  t.strictSame(judgeTriggers([fine, heavy]), [
    'verify: 358401 bytes, at most 358400',
    'verify: 81.0 ms to import, at most 80',
  ])
})

t.test('one slow import among many is the machine, most of them are the trigger', async (t) => {
  t.strictSame(judgeTriggers([{ ...fine, importMs: [60, 60, 900] }]), [])
  t.equal(judgeTriggers([{ ...fine, importMs: [60, 90, 900] }]).length, 1)
})

t.test('whatever was not measured does not pass', async (t) => {
  t.strictSame(judgeTriggers([]), ['no trigger was measured'])
  t.equal(judgeTriggers([{ ...fine, importMs: [] }]).length, 1)
  t.equal(judgeTriggers([{ ...fine, importMs: [Number.NaN] }]).length, 1)
  t.equal(judgeTriggers([{ ...fine, bytes: 0 }]).length, 1)
})
