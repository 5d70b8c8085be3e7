import t from 'tap'
import { checkRedirectUrl } from '../../src/sign-in/redirect-url.ts'
import { signInError } from '../support/expect-error.ts'

const ALLOWED = [
  'https://app.example.com/callback',
  'https://root.example.com',
  'myapp://sign-in/done',
]

function passes(url: string): boolean {
  try {
    checkRedirectUrl(url, ALLOWED)
    return true
  } catch {
    return false
  }
}

t.test('no redirect URL is always fine', (t) => {
  t.doesNotThrow(() => checkRedirectUrl(undefined, []))
  t.end()
})

t.test('a listed URL passes, with any query and fragment', (t) => {
  for (const url of [
    'https://app.example.com/callback',
    'https://app.example.com/callback?a=1&b=https://evil.example',
    'https://app.example.com/callback#top',
    'https://app.example.com:443/callback',
    'https://APP.example.com/callback',
    'https://root.example.com',
    'https://root.example.com/',
    'https://root.example.com?next=/',
    'myapp://sign-in/done',
    'myapp://sign-in/done?x=1',
  ]) {
    t.ok(passes(url), url)
  }
  t.end()
})

t.test('an empty list allows nothing', (t) => {
  t.throws(
    () => checkRedirectUrl('https://app.example.com/callback', []),
    signInError('redirect_url_not_allowed'),
  )
  t.end()
})

const TRICKS: Record<string, string[]> = {
  'another host': ['https://evil.example/callback', 'https://example.com/callback'],
  'a host that only begins like ours': [
    'https://app.example.com.evil.example/callback',
    'https://app.example.com-evil.example/callback',
  ],
  'a host that only ends like ours': [
    'https://evilapp.example.com/callback',
    'https://evil.app.example.com/callback',
  ],
  'our host as userinfo': [
    'https://app.example.com@evil.example/callback',
    'https://app.example.com:x@evil.example/callback',
    'https://app.example.com%2fcallback@evil.example/callback',
  ],
  'userinfo before our own host': [
    'https://evil.example@app.example.com/callback',
    'https://:x@app.example.com/callback',
  ],
  'another scheme': [
    'http://app.example.com/callback',
    'ftp://app.example.com/callback',
    'javascript://app.example.com/callback',
    'data:text/html,https://app.example.com/callback',
    'myapp2://sign-in/done',
    'my-app://sign-in/done',
  ],
  'another port': ['https://app.example.com:8443/callback', 'https://app.example.com:80/callback'],
  'a path that only begins like ours': [
    'https://app.example.com/callback/more',
    'https://app.example.com/callback2',
    'https://app.example.com/callback/',
    'https://root.example.com/deeper',
    'myapp://sign-in/done/more',
  ],
  'a path that leaves ours': [
    'https://app.example.com/callback/../evil',
    'https://app.example.com/callback/%2e%2e/evil',
    'https://app.example.com/callback%2f..%2fevil',
  ],
  'another case of the path': ['https://app.example.com/Callback'],
  'backslashes, which parsers read in different ways': [
    String.raw`https://evil.example\@app.example.com/callback`,
    String.raw`https://app.example.com\@evil.example/callback`,
    String.raw`https:\\app.example.com\callback`,
    String.raw`https://root.example.com\?x`,
  ],
  'white space, which some parsers drop': [
    ' https://app.example.com/callback',
    'https://app.exam\tple.com/callback',
    'https://app.example.com/call\nback',
    'https://app.example.com/callback?a\r\nset-cookie: b',
  ],
  'a missing or additional slash, which browsers read relative to the page they are on': [
    'https:app.example.com/callback',
    'https:/app.example.com/callback',
    'https:///app.example.com/callback',
  ],
  'no absolute URL': [
    '',
    '/callback',
    '//app.example.com/callback',
    'app.example.com/callback',
    'https://',
  ],
  'another host of an app scheme': [
    'myapp://evil/done',
    'myapp://sign-in@evil/done',
    'myapp:///done',
  ],
}

for (const [trick, urls] of Object.entries(TRICKS)) {
  t.test(`is refused: ${trick}`, (t) => {
    for (const url of urls) {
      t.throws(
        () => checkRedirectUrl(url, ALLOWED),
        signInError('redirect_url_not_allowed'),
        JSON.stringify(url),
      )
    }
    t.end()
  })
}
