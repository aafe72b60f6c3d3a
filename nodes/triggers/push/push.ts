import {
	sleep,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHookFunctions,
	type INodeCredentialTestResult,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { formatValue } from '../../api/common/formatValue';
import { InvalidInput } from '../../api/common/invalidInput';
import { findRoundedNumber } from '../../api/transport/roundedNumber';
import { now } from '../../api/transport/timing';
import { toNodeError } from '../../n8n/errors';
import { hash, toRecordKey } from '../hash';
import { findRecordId, readPushBody } from './body';
import { getDeliveries, type Deliveries, type Delivery } from './deliveries';
import { captureResponse, replayResponse, sendError } from './response';
import { readRepeatSettings } from './parameters';
import { hasValidSecret, PUSH_CREDENTIAL, readPushSecret, type PushSecret } from './secret';

/** Characters that stand for a delivery's content. */
const CONTENT_HASH_LENGTH = 16;
/** Bytes of a body whose keys are sorted before it is compared. To sort very many keys stops n8n for seconds. */
const MAX_SORTED = 1_000_000;
/** How long a busy n8n may take to start the execution. */
const MAX_START_MS = 5000;

/** Time between two lists of deliveries: to list thousands takes longer than to repeat the change. */
const MIN_TIME_BETWEEN_LISTS_MS = 10;

/** The secret of the node's credential; undefined for a node without one. */
async function getSecret(
	context: IHookFunctions | IWebhookFunctions,
): Promise<PushSecret | undefined> {
	const node = context.getNode();
	if (!node.credentials?.[PUSH_CREDENTIAL]) return undefined;
	try {
		return readPushSecret(await context.getCredentials(PUSH_CREDENTIAL));
	} catch (error) {
		throw toNodeError(node, error);
	}
}

/**
 * Makes n8n save the deliveries when n8n responds. n8n saves changed static data, but marks all changes as saved when
 * it starts an execution in its own process (measured, n8n 2.41), which takes as long as n8n is busy. So the change is
 * repeated every millisecond until the response is sent, for five seconds at most.
 *
 * @param accepted a delivery that counts as accepted when n8n saves
 */
async function persistUntil(
	sent: Promise<unknown>,
	staticData: IDataObject,
	deliveries: Deliveries,
	accepted?: Delivery,
): Promise<void> {
	let isSent = false;
	void sent.then(() => (isSent = true));
	let stored: IDataObject = {};
	let changesStored = -1;
	let listedAt = -Infinity;
	for (const deadline = now() + MAX_START_MS; !isSent && now() < deadline; await sleep(1)) {
		const isChanged = deliveries.changes !== changesStored;
		if (isChanged && now() - listedAt >= MIN_TIME_BETWEEN_LISTS_MS) {
			stored = deliveries.toStaticData(accepted);
			changesStored = deliveries.changes;
			listedAt = now();
		}
		staticData.deliveries = stored;
	}
}

/** The record and content by which a repeat is recognized; undefined if repeats run the workflow. */
function identifyDelivery(
	context: IWebhookFunctions,
	body: object,
	isRounded: boolean,
): Delivery | undefined {
	const { dropsRepeats, recordIdField: field } = readRepeatSettings(context);
	// People repeat a test on purpose.
	if (!dropsRepeats || context.getMode() === 'manual') return undefined;
	const { params, query, rawBody } = context.getRequestObject();
	const recordId = findRecordId(field, body, query);
	if (recordId === undefined) {
		// Content alone identifies no delivery: two records may have the same content, or one may return to it.
		context.logger.warn(
			`A push to "${context.getNode().name}" has no "${field}" that identifies its record, so a repeat of it runs the workflow again. Send the ID of the record along, or set 'Record ID Field' under 'Options'.`,
		);
		return undefined;
	}
	// Different numbers may have become equal ones in the parsed body.
	const isComparedRaw = isRounded || rawBody?.length > MAX_SORTED;
	const content = [(isComparedRaw && rawBody?.toString('latin1')) || body, query, params];
	return { record: toRecordKey(recordId), content: hash(content, CONTENT_HASH_LENGTH) };
}

/** Responds to a repeat. Undefined: the delivery must run the workflow, and is remembered. */
async function respondToDuplicate(
	context: IWebhookFunctions,
	delivery: Delivery,
): Promise<IWebhookResponseData | undefined> {
	const response = context.getResponseObject();
	const staticData = context.getWorkflowStaticData('node');
	const webhookId = `${context.getWorkflow().id} ${context.getNode().id}`;
	const deliveries = getDeliveries(webhookId, staticData.deliveries);
	const isImmediate = context.getNodeParameter('responseMode', 'onReceived') === 'onReceived';
	const sent = captureResponse(response);
	// An immediate response tells nothing but that the push came, so its content is not kept.
	const responseToKeep = isImmediate ? sent.then(({ status }) => ({ status })) : sent;
	const duplicateResponse = await deliveries.checkDuplicate(delivery, responseToKeep);
	if (duplicateResponse) {
		staticData.deliveries = deliveries.toStaticData();
		return replayResponse(response, duplicateResponse);
	}
	// Before an immediate response n8n saves only if the execution has started, so the delivery is accepted.
	// n8n saves before it is known whether the last node's response is accepted: the next delivery stores it.
	void persistUntil(sent, staticData, deliveries, isImmediate ? delivery : undefined);
	return undefined;
}

/**
 * Receives a push: 401 without the right secret, 400 for a body that cannot be read, 413 for a body that is too
 * large, each without an execution. What Teamogy sends is DOC "Adapter configuration"; that 200 to 299 count as
 * delivered is INFERRED.
 *
 * @throws NodeOperationError if the credential cannot be used; n8n responds with 500
 */
export async function webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const request = this.getRequestObject();
	const response = this.getResponseObject();
	const secret = await getSecret(this);
	if (secret && !hasValidSecret(request.headers, secret)) {
		const message =
			'The secret is missing or wrong. Send it in the header named in the credential.';
		return sendError(response, 401, message);
	}
	let body: object;
	try {
		body = await readPushBody(request);
	} catch (error) {
		if (error instanceof InvalidInput)
			return sendError(response, 400, `${error.message}. ${error.hint}`);
		if ((error as { status?: unknown }).status !== 413) throw toNodeError(this.getNode(), error);
		return sendError(response, 413, 'The body of the push is larger than n8n takes.');
	}
	const roundedField = findRoundedNumber(body);
	if (roundedField !== undefined)
		this.logger.warn(
			`A push to "${this.getNode().name}" holds a number beyond ${Number.MAX_SAFE_INTEGER} in "${formatValue(roundedField)}", which n8n rounds. Do not use it as an ID, or have it sent as text.`,
		);
	const delivery = identifyDelivery(this, body, roundedField !== undefined);
	const duplicate = delivery && (await respondToDuplicate(this, delivery));
	if (duplicate) return duplicate;
	const headers = { ...request.headers };
	if (secret) delete headers[secret.header];
	const { params, query } = request;
	const json = { body, headers, params, query } as unknown as IDataObject;
	return { workflowData: [[{ json }]] };
}

/**
 * Checks the options and the credential at activation. Teamogy's side is set up by hand: an API to do so is UNKNOWN.
 *
 * @throws InvalidInput for an invalid option; NodeOperationError if no push can carry the secret of the credential
 */
export async function prepareWebhook(this: IHookFunctions): Promise<boolean> {
	readRepeatSettings(this);
	if (!(await getSecret(this))) {
		this.logger.warn(
			`"${this.getNode().name}" has no credential: whoever knows its URL can start the workflow. Add a Teamogy Push API credential.`,
		);
	}
	return true;
}

/** Tests the credential: whether a push can carry its secret. Nothing is sent. */
export function testPushSecret(
	fields: ICredentialDataDecryptedObject = {},
): INodeCredentialTestResult {
	try {
		const { secret } = readPushSecret(fields);
		return secret.length < 16
			? { status: 'Error', message: 'The Secret is short. Use at least 16 characters.' }
			: { status: 'OK', message: 'A push can carry this secret' };
	} catch (error) {
		const { message, hint } = error as InvalidInput;
		return { status: 'Error', message: `${message}. ${hint}` };
	}
}
