import t from 'tap'
import { FaultInjector } from '../../../local/support/faults.ts'

t.test('a rule with a count spoils so many calls and no more', (t) => {
  const faults = new FaultInjector()
  faults.add({ operation: 'InitiateAuth', fault: { kind: 'reset' }, times: 2 })
  t.equal(faults.take('AdminCreateUser'), undefined)
  t.strictSame(faults.take('InitiateAuth'), { kind: 'reset' })
  t.strictSame(faults.take('InitiateAuth'), { kind: 'reset' })
  t.equal(faults.take('InitiateAuth'), undefined)
  t.end()
})
