import t from 'tap'
import { upstreamGuards } from '../../src/upstream/guards.ts'

const broken = () => Promise.reject(new Error('no answer that could be used'))

t.test('what else fails at Authsignal does not stop the tracking of nobody', async (t) => {
  const { authsignal } = upstreamGuards({ capacity: 10, sharesByAddress: false }, {})
  for (let call = 0; call < 10; call++) await t.rejects(authsignal.call('validate', broken))
  await t.rejects(
    authsignal.call('validate', async () => 'answer'),
    {
      code: 'upstream_unavailable',
    },
  )
  t.equal(await authsignal.call('track', async () => 'answer'), 'answer')
})
