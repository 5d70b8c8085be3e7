import t from 'tap'
import { Opener } from '../../../../local/authsignal/prebuilt-ui/client/opener.ts'

t.test('tells the app in the words the browser SDK listens for', async (t) => {
  const sent: unknown[] = []
  const opener = new Opener({ postMessage: (...message) => void sent.push(message) })
  opener.ready()
  opener.apiError('expired_token', 401)
  opener.resize(420)
  opener.close('t1')
  t.strictSame(sent, [
    ['{"event":"AUTHSIGNAL_READY"}', '*'],
    ['{"event":"AUTHSIGNAL_API_ERROR","errorCode":"expired_token","statusCode":401}', '*'],
    [{ height: 420 }, '*'],
    ['{"event":"AUTHSIGNAL_CLOSE_POPUP","token":"t1"}', '*'],
  ])
})
