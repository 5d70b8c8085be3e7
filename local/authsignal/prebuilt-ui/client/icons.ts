import type { VerificationMethod } from '../../store/verification-method.ts'
import { drawing } from './dom.ts'

const PATHS: Readonly<Record<VerificationMethod, string>> = {
  PASSKEY:
    'M12.5 8a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0zM3 20c0-3.6 2.6-6 6-6 1.3 0 2.5.3 3.5.9M20 14.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM17.5 17v4.5M17.5 19.5h2',
  SECURITY_KEY: 'M8.5 3h7v6h-7zM6.5 9h11v9a3 3 0 0 1-3 3h-5a3 3 0 0 1-3-3zM12 13.5v3',
  AUTHENTICATOR_APP:
    'M8.5 2.5h7a2 2 0 0 1 2 2v15a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-15a2 2 0 0 1 2-2zM9.5 11.5l2 2 3-3.5',
  EMAIL_OTP:
    'M4.5 5.5h15a1.5 1.5 0 0 1 1.5 1.5v10a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17V7a1.5 1.5 0 0 1 1.5-1.5zM3.5 7l8.5 6 8.5-6',
  EMAIL_MAGIC_LINK:
    'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.6 1.6M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.6-1.6',
  SMS: 'M5 4.5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8l-4.5 3.5v-3.5H5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2zM8 9h8M8 12.5h5',
  WHATSAPP:
    'M3.5 20.5l1.3-4.2A8.5 8.5 0 1 1 8 19.4zM9 8.5c0 3.5 3 6.5 6.5 6.5l.5-2-2-1-1 .8c-.8-.4-1.4-1-1.8-1.8l.8-1-1-2z',
}

export function iconOf(method: VerificationMethod): SVGSVGElement {
  return drawing(PATHS[method])
}
