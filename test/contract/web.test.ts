import { testHttpGateway } from '../../kit/contract/http-gateway.ts'
import { testWeb } from '../../kit/contract/web.ts'
import { sandboxSubject } from './subject.ts'

const subject = sandboxSubject()

testWeb(subject)
testHttpGateway(subject)
