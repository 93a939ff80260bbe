import { testGatewayApi } from '../../kit/contract/gateway-api.ts'
import { sandboxSubject } from './subject.ts'

testGatewayApi(sandboxSubject({ gatewayApi: true }))
