import type {
	IDataObject,
	INodeParameters,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createCredentialsHelper } from './credentialsHelper.mts';
import type { CredentialData, Harness } from './harness.mts';

const webhookBaseUrl = 'http://127.0.0.1:5678/webhook';

interface AdditionalDataOptions {
	credentials: CredentialData;
	mode?: WorkflowExecuteMode;
	workflow?: Partial<IWorkflowBase>;
	currentNodeParameters?: INodeParameters;
}

/** What n8n gives every execution besides the workflow: credentials, hooks and its own addresses. */
export function createAdditionalData(
	harness: Harness,
	options: AdditionalDataOptions,
): IWorkflowExecuteAdditionalData {
	const { mode = 'manual', workflow = {} } = options;
	const host = 'http://127.0.0.1:5678/';
	const data: IDataObject = {
		currentNodeExecutionIndex: 0,
		executionId: '1',
		workflowId: workflow.id,
		workflowSettings: workflow.settings as IDataObject,
		restApiUrl: `${host}rest`,
		instanceBaseUrl: host,
		formBaseUrl: `${host}form`,
		formTestBaseUrl: `${host}form-test`,
		formWaitingBaseUrl: `${host}form-waiting`,
		mcpBaseUrl: `${host}mcp`,
		mcpTestBaseUrl: `${host}mcp-test`,
		webhookBaseUrl,
		webhookTestBaseUrl: `${host}webhook-test`,
		webhookWaitingBaseUrl: `${host}webhook-waiting`,
		variables: {},
		currentNodeParameters: options.currentNodeParameters,
	};
	return Object.assign(data as unknown as IWorkflowExecuteAdditionalData, {
		credentialsHelper: createCredentialsHelper(harness, options.credentials),
		hooks: new harness.n8n.core.ExecutionLifecycleHooks(mode, '1', workflow as IWorkflowBase),
		setExecutionStatus: () => undefined,
		sendDataToUI: () => undefined,
		logAiEvent: () => undefined,
		getRunExecutionData: async () => undefined,
		executeWorkflow: async () => {
			throw new Error('The engine harness runs no sub-workflows');
		},
		startRunnerTask: async () => {
			throw new Error('The engine harness has no task runner');
		},
	});
}
