import get from 'lodash/get.js';
import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	ICredentialTestRequest,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import { createCredentialNode } from './credentialNode.mts';
import { applyDefaults } from './credentialsHelper.mts';
import type { Harness } from './harness.mts';

interface RequestError {
	message: string;
	cause?: { code?: string; response?: { status: number; statusText?: string } };
}

/**
 * Tests a credential as n8n does when the user saves it: by the function of a node that has one for
 * the type. Or the type's test request goes through the routing engine on a node that has nothing else,
 * and its rules decide on the message.
 */
export async function testCredential(
	harness: Harness,
	type: string,
	data: object,
): Promise<INodeCredentialTestResult> {
	const byNode = testFunction(harness, type);
	if (byNode) {
		const additionalData = createAdditionalData(harness, {
			credentials: { [type]: data },
			mode: 'internal',
		});
		const complete = applyDefaults(harness, additionalData, type, data as never, 'internal');
		const decrypted = { id: type, name: type, type, data: complete };
		return await byNode.call({} as ICredentialTestFunctions, decrypted);
	}
	const { test } = harness.credentialType(type);
	if (!test) return { status: 'Error', message: 'No testing function found for this credential.' };
	let rows;
	try {
		rows = await runTestRequest(harness, type, data as ICredentialDataDecryptedObject, test);
	} catch (error) {
		return { status: 'Error', message: failureMessage(test, error as RequestError) };
	}
	for (const rule of test.rules ?? []) {
		if (rule.type !== 'responseSuccessBody') continue;
		if (get(rows?.[0]?.[0]?.json, rule.properties.key) === rule.properties.value) {
			return { status: 'Error', message: rule.properties.message };
		}
	}
	return { status: 'OK', message: 'Connection successful!' };
}

/** The first function that a node of the package offers for credentials of a type. */
function testFunction(harness: Harness, type: string) {
	for (const name of Object.keys(harness.loader.nodeTypes)) {
		const node = harness.nodeTypes.getByNameAndVersion(harness.fullName(name));
		const { testedBy } = node.description.credentials?.find((one) => one.name === type) ?? {};
		if (typeof testedBy === 'string') return node.methods?.credentialTest?.[testedBy];
	}
	return undefined;
}

async function runTestRequest(
	harness: Harness,
	type: string,
	data: ICredentialDataDecryptedObject,
	test: ICredentialTestRequest,
) {
	const { nodeType, additionalData, context } = createCredentialNode(harness, {
		credentialType: type,
		credentials: { [type]: data },
		mode: 'internal',
		properties: [
			{
				displayName: 'Temp',
				name: 'temp',
				type: 'string',
				routing: { request: test.request },
				default: '',
			},
		],
	});
	const complete = applyDefaults(harness, additionalData, type, data, 'internal');
	const decrypted = { id: type, name: type, type, data: complete } as never;
	return await new harness.n8n.core.RoutingNode(context, nodeType, decrypted).runNode();
}

/** The message n8n shows for a failed test request. */
function failureMessage(test: ICredentialTestRequest, error: RequestError): string {
	const { response, code } = error.cause ?? {};
	if (response) {
		for (const rule of test.rules ?? []) {
			if (rule.type === 'responseCode' && rule.properties.value === response.status)
				return rule.properties.message;
		}
		if (response.status < 199 || response.status > 299) {
			return response.statusText || `Received HTTP status code: ${response.status}`;
		}
	} else if (code) {
		return code;
	}
	return String(error.message);
}
