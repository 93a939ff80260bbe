import type { ReplyUntil } from '../reply-reader.ts'

export type TcpProbeSettings = { kind: 'tcp'; payload: Uint8Array; replyUntil: ReplyUntil }
