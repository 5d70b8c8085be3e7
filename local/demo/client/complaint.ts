import type { Message } from './language/language.ts'

export interface Complaint {
  message: Message
  /** Whether what is in the field is wrong, rather than the world around it. */
  isAboutField: boolean
}

export function complaint(message: Message, isAboutField = false): Complaint {
  return { message, isAboutField }
}
