import t from 'tap'
import { exitUrl, readLaunch } from '../../../../local/authsignal/prebuilt-ui/client/launch.ts'

const WEB = { isNative: false }

t.test('reads how it was opened from what track and the SDKs append', async (t) => {
  t.strictSame(readLaunch('?token=t1'), {
    token: 't1',
    isPopup: false,
    isNative: false,
    forcesEnrolment: false,
  })
  t.match(readLaunch('?token=t1&mode=popup'), { token: 't1', isPopup: true })
  t.match(readLaunch('?token=t1&force_enrollment=true'), { forcesEnrolment: true })
  t.match(readLaunch('?token=t1&nativeScheme=authsignal'), { isNative: true })
  t.match(readLaunch(''), { token: '' })
})

t.test('takes nothing else for true', async (t) => {
  t.match(readLaunch('?mode=window&force_enrollment=1&nativeScheme=javascript'), {
    isPopup: false,
    isNative: false,
    forcesEnrolment: false,
  })
})

t.test('adds the token to where the user returns, and keeps what is there', async (t) => {
  const urls = [
    ['https://app.example.com', 'https://app.example.com/?token=t.1-_'],
    [
      'https://app.example.com/a?b=c&d=e%20f#g',
      'https://app.example.com/a?b=c&d=e+f&token=t.1-_#g',
    ],
    ['https://app.example.com/?token=old', 'https://app.example.com/?token=t.1-_'],
    ['com.example.app://callback?x=1', 'com.example.app://callback?x=1&token=t.1-_'],
  ] as const
  for (const [redirectUrl, url] of urls) t.equal(exitUrl(WEB, redirectUrl, 't.1-_'), url)
})

t.test('leads nowhere without an address, or with one that would run in the page', async (t) => {
  const addresses = ['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', '/back', '']
  for (const redirectUrl of [undefined, ...addresses]) {
    t.equal(exitUrl(WEB, redirectUrl, 't1'), undefined, redirectUrl ?? 'none')
  }
})

t.test('goes back to a mobile app through its scheme, whatever was tracked', async (t) => {
  const url = exitUrl({ isNative: true }, 'https://app.example.com', 't 1')
  t.equal(url, 'authsignal://auth?token=t%201')
})
