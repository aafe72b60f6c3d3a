import type {
	ICredentialDataDecryptedObject,
	ICredentialsHelper,
	IHttpRequestOptions,
	INode,
	INodeProperties,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import type { CredentialData, Harness } from './harness.mts';

/**
 * n8n's credentials helper over plain data instead of a database: defaults and expressions are
 * applied each time, a caller gets a copy, and `authenticate` is resolved as n8n's own does.
 */
export function createCredentialsHelper(
	harness: Harness,
	data: CredentialData,
): ICredentialsHelper {
	const { ICredentialsHelper: Base } = harness.n8n.workflow;

	class Helper extends Base {
		getParentTypes(name: string): string[] {
			return (harness.credentialType(name).extends ?? []).flatMap((type) => [
				type,
				...this.getParentTypes(type),
			]);
		}

		isCredentialUsableByNode(): boolean {
			return true;
		}

		async authenticate(
			credentials: ICredentialDataDecryptedObject,
			typeName: string,
			options: IHttpRequestOptions,
			workflow?: Workflow,
			node?: INode,
		): Promise<IHttpRequestOptions> {
			const { authenticate } = harness.credentialType(typeName);
			if (!authenticate) return options;
			if (typeof authenticate === 'function') return await authenticate(credentials, options);
			if (!workflow || !node)
				throw new Error('Generic authentication needs the workflow and the node');
			options.headers ??= {};
			if (authenticate.type !== 'generic') return options;
			const resolve = (value: unknown): unknown => resolveValue(workflow, node, value, credentials);
			const target = options as unknown as Record<string, Record<string, unknown> | undefined>;
			for (const [place, values] of Object.entries(authenticate.properties)) {
				for (const [key, value] of Object.entries(values as object)) {
					const holder = (target[place] ||= {});
					holder[String(resolve(key))] = resolve(value);
				}
			}
			return options;
		}

		// Only credentials with an expirable property have a token to fetch; as in n8n, the method exists for all
		async preAuthentication(): Promise<undefined> {
			return undefined;
		}

		async runPreAuthentication(): Promise<undefined> {
			return undefined;
		}

		async getCredentials(): Promise<never> {
			throw new Error('The engine harness stores no credentials');
		}

		async getDecrypted(
			additionalData: IWorkflowExecuteAdditionalData,
			_details: unknown,
			type: string,
			mode: WorkflowExecuteMode,
			_executeData?: unknown,
			raw?: boolean,
		): Promise<ICredentialDataDecryptedObject> {
			const stored = data[type] as ICredentialDataDecryptedObject | undefined;
			if (!stored)
				throw new Error(`Credential with ID "${type}" does not exist for type "${type}".`);
			if (raw) return structuredClone(stored);
			return applyDefaults(harness, additionalData, type, stored, mode);
		}

		async updateCredentials(): Promise<void> {
			throw new Error('The engine harness stores no credentials');
		}

		async updateCredentialsOauthTokenData(): Promise<void> {
			throw new Error('The engine harness stores no credentials');
		}

		getCredentialsProperties(type: string): INodeProperties[] {
			return credentialProperties(harness, type);
		}
	}
	return new Helper() as unknown as ICredentialsHelper;
}

/** Credential data as n8n hands it to a node: the type's defaults under it, its expressions resolved. */
export function applyDefaults(
	harness: Harness,
	additionalData: IWorkflowExecuteAdditionalData,
	type: string,
	stored: ICredentialDataDecryptedObject,
	mode: WorkflowExecuteMode,
): ICredentialDataDecryptedObject {
	const { NodeHelpers, Workflow: WorkflowClass } = harness.n8n.workflow;
	const properties = credentialProperties(harness, type);
	const values = structuredClone(stored) as never;
	const complete = NodeHelpers.getNodeParameters(
		properties,
		values,
		true,
		false,
		null,
		null,
	) as never;
	const node: INode = {
		id: 'mock',
		name: '',
		type: 'mock',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const nodeTypes = {
		getByName: noNodeType,
		getByNameAndVersion: noNodeType,
		getKnownTypes: () => ({}),
	} as never;
	const { expression } = new WorkflowClass({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes,
	});
	const keys = harness.n8n.core.getAdditionalKeys(additionalData, mode, null, {
		isCredential: true,
	} as never);
	return expression.getComplexParameterValue(
		node,
		complete,
		mode,
		keys,
		undefined,
		undefined,
		complete,
	) as never;
}

function noNodeType(): object {
	return { description: { properties: [] } };
}

function credentialProperties(harness: Harness, type: string): INodeProperties[] {
	const { extends: parents = [], properties } = harness.credentialType(type);
	const all: INodeProperties[] = [];
	for (const part of [
		...parents.map((parent) => credentialProperties(harness, parent)),
		properties,
	]) {
		harness.n8n.workflow.NodeHelpers.mergeNodeProperties(all, part);
	}
	return all;
}

function resolveValue(
	workflow: Workflow,
	node: INode,
	value: unknown,
	credentials: ICredentialDataDecryptedObject,
): unknown {
	if (typeof value !== 'string' || !value.startsWith('=')) return value;
	const keys = { $credentials: credentials } as never;
	const resolved = workflow.expression.getSimpleParameterValue(
		node,
		value,
		'internal',
		keys,
		undefined,
		'',
	);
	return resolved ? String(resolved) : '';
}
