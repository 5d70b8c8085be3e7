import t from 'tap'
import { parseApiUrl } from '../../src/authsignal/api-url.ts'

t.test('the secret goes to Authsignal over https, except to a host that is local', (t) => {
  for (const url of [
    'http://localhost:9230/v1',
    'http://127.0.0.1:9230/v1',
    'http://127.1.2.3/v1',
    'http://[::1]:9230/v1',
    'http://authsignal:9230/v1',
    'https://eu.api.authsignal.com/v1',
  ]) {
    t.equal(parseApiUrl(url), url)
  }
  for (const url of [
    'http://eu.api.authsignal.com/v1',
    'http://127.evil.com/v1',
    'http://127.0.0.1.evil.com/v1',
    'http://localhost.evil.com/v1',
    'http://localhost@evil.com/v1',
    'http://10.0.0.1/v1',
    'http://134744072/v1',
    'http://[2001:db8::1]/v1',
    'http://[::ffff:8.8.8.8]:80/v1',
    'ftp://localhost/v1',
  ]) {
    t.throws(() => parseApiUrl(url), { message: 'must be https' }, url)
  }
  t.end()
})

t.test('the path ends in /v1, with nothing behind it but a slash', (t) => {
  const url = 'https://eu.api.authsignal.com/v1'
  for (const slashes of ['', '/', '//']) t.equal(parseApiUrl(url + slashes), url)
  for (const bad of [
    '',
    'eu.api.authsignal.com/v1',
    'https://eu.api.authsignal.com',
    'https://eu.api.authsignal.com/v2',
    'https://eu.api.authsignal.com/v1/users',
    'https://eu.api.authsignal.com?/v1',
    'https://eu.api.authsignal.com#/v1',
    'https://eu.api.authsignal.com/v1?x=/v1',
  ]) {
    t.throws(() => parseApiUrl(bad), { message: 'must be a URL that ends in /v1' }, bad)
  }
  t.end()
})
