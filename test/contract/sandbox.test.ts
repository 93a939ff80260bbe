import { testApiServer } from '../../kit/contract/api-server.ts'
import { testGateway } from '../../kit/contract/gateway.ts'
import { sandboxSubject } from './subject.ts'

const subject = sandboxSubject()

testApiServer(subject)
testGateway(subject)
