import t from 'tap'
import { readConfig } from '../../../../local/demo/client/config.ts'

const CONFIG = { apiUrl: 'http://a', authsignalUrl: 'http://b/v1', tenantId: 't' }

t.test('says where the services are, without slashes at the end', (t) => {
  t.strictSame(readConfig({ ...CONFIG, authsignalUrl: 'http://b/v1/', more: 1 }), CONFIG)
  const idTokenUrl = 'http://c'
  t.strictSame(readConfig({ ...CONFIG, idTokenUrl: 'http://c/' }), { ...CONFIG, idTokenUrl })
  t.end()
})

t.test('half of it is nothing', (t) => {
  for (const key of Object.keys(CONFIG)) {
    t.equal(readConfig({ ...CONFIG, [key]: undefined }), undefined, key)
  }
  t.equal(readConfig('<h1>oops'), undefined)
  t.end()
})
