import {
	sleep,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHookFunctions,
	type INodeCredentialTestResult,
	type IWebhookFunctions,
	type IWebhookResponseData,
	type WebhookResponseMode,
} from 'n8n-workflow';

import { InvalidInput } from '../../api/transport/errors';
import { toNodeError } from '../../n8n/errors';
import { hash, KEY_LENGTH } from '../hash';
import { findRecordId, readPushBody } from './body';
import { getDeliveries, type Delivery } from './deliveries';
import { captureResponse, refuse, sendAgain, type SentResponse } from './response';
import { hasValidSecret, PUSH_CREDENTIAL, readPushSecret, type PushSecret } from './secret';

/** Characters that stand for a delivery's content. */
const CONTENT_LENGTH = 16;
const MAX_PAUSE_MS = 1000;

/** The secret of the node's credential; undefined for a node without one. */
async function getSecret(
	context: IHookFunctions | IWebhookFunctions,
): Promise<PushSecret | undefined> {
	if (!context.getNode().credentials?.[PUSH_CREDENTIAL]) return undefined;
	return readPushSecret(await context.getCredentials(PUSH_CREDENTIAL));
}

/**
 * Has n8n save what was received when it answers. It does so if static data has changed, but takes all
 * changes for saved when it starts an execution in its own process (measured, n8n 2.41): so they are
 * said again for a while.
 */
async function persistUntil(answer: Promise<unknown> | undefined, save: () => void): Promise<void> {
	let isWaiting = true;
	void answer?.then(() => (isWaiting = false));
	for (let pause = 1; isWaiting && pause < MAX_PAUSE_MS; pause *= 4) {
		save();
		await sleep(pause);
	}
}

/** What tells a repeat of a push; undefined where none is to be dropped. */
function identify(context: IWebhookFunctions, body: object): Delivery | undefined {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	// A test is meant to be repeated.
	if (options.dropRepeats === false || context.getMode() === 'manual') return undefined;
	const { params, query } = context.getRequestObject();
	const field = String(options.recordIdField ?? '').trim() || 'id';
	const recordId = findRecordId(field, body, query);
	if (recordId === undefined) {
		// Content alone does not tell: two records may have the same, and one may come back to it.
		context.logger.warn(
			`A push to "${context.getNode().name}" has no "${field}" that identifies its record, so a repeat of it runs the workflow again. Send the ID of the record along, or set 'Record ID Field' under 'Options'.`,
		);
		return undefined;
	}
	return {
		content: hash([body, query, params], CONTENT_LENGTH),
		record: hash(recordId, KEY_LENGTH),
	};
}

/** Answers a repeat; undefined for a delivery that is to be carried out, which is remembered from now on. */
async function answerRepeat(
	context: IWebhookFunctions,
	delivery: Delivery,
): Promise<IWebhookResponseData | undefined> {
	const response = context.getResponseObject();
	const staticData = context.getWorkflowStaticData('node');
	const webhookId = `${context.getWorkflow().id} ${context.getNode().id}`;
	const deliveries = getDeliveries(webhookId, staticData.deliveries);
	const mode = context.getNodeParameter('responseMode', 'onReceived') as WebhookResponseMode;
	const isAtOnce = mode === 'onReceived';
	const save = (also?: Delivery): void =>
		void (staticData.deliveries = deliveries.toStaticData(also));
	let outcome: Promise<SentResponse> | undefined;
	const earlier = await deliveries.checkDuplicate(delivery, () => {
		outcome = captureResponse(response);
		// Answered at once, all get the same: not worth remembering.
		if (isAtOnce) outcome = outcome.then(({ status }) => ({ status }));
		return outcome;
	});
	if (earlier) {
		save();
		return sendAgain(response, earlier);
	}
	// What a Respond to Webhook node gives n8n would lose if there were anything to save first (measured,
	// n8n 2.41). When answering at once, n8n saves only if the execution could be started; answered by the
	// last node, whether it is accepted shows later: then the next delivery takes it down.
	if (mode !== 'responseNode') {
		void persistUntil(outcome, () => save(isAtOnce ? delivery : undefined));
	}
	return undefined;
}

async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const request = context.getRequestObject();
	const response = context.getResponseObject();
	const secret = await getSecret(context);
	if (secret && !hasValidSecret(request.headers, secret)) {
		return refuse(
			response,
			401,
			'The secret is missing or wrong. Send it in the header named in the credential.',
		);
	}
	let body: object;
	try {
		body = await readPushBody(request);
	} catch (error) {
		if (!(error instanceof InvalidInput)) throw toNodeError(context.getNode(), error);
		return refuse(response, 400, `${error.message}. ${error.hint}`);
	}
	const delivery = identify(context, body);
	const answered = delivery && (await answerRepeat(context, delivery));
	if (answered) return answered;
	const headers = { ...request.headers };
	if (secret) delete headers[secret.header];
	const { params, query } = request;
	const json = { body, headers, params, query } as unknown as IDataObject;
	return { workflowData: [[{ json }]] };
}

/**
 * Takes a push: 401 without the right secret, 400 for a body that cannot be read, neither with an
 * execution. What Teamogy sends is DOC "Adapter configuration"; which statuses it counts as delivered
 * is UNKNOWN, 2xx is INFERRED.
 *
 * @throws NodeOperationError when the credential cannot be used; n8n answers 500
 */
export async function webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		return await receive(this);
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}

/**
 * At activation. Teamogy has no way to register a webhook by API (UNKNOWN), so there is nothing to
 * create there; but a credential that no push could satisfy is told now.
 *
 * @throws NodeOperationError when the credential cannot be used
 */
export async function prepareWebhook(this: IHookFunctions): Promise<boolean> {
	try {
		const secret = await getSecret(this);
		if (!secret) {
			this.logger.warn(
				`"${this.getNode().name}" has no credential: whoever knows its URL can start the workflow. Add a Teamogy Push API credential.`,
			);
		}
		return true;
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}

/** The credential's own test: whether a request could carry it. Nothing is sent. */
export function testPushSecret(
	fields: ICredentialDataDecryptedObject = {},
): INodeCredentialTestResult {
	try {
		const { secret } = readPushSecret(fields);
		return secret.length < 16
			? { status: 'Error', message: 'The Secret is short. Use at least 16 characters.' }
			: { status: 'OK', message: 'A push can carry this secret' };
	} catch (error) {
		const { message, hint: remedy = '' } = error as Partial<InvalidInput>;
		return { status: 'Error', message: `${message}. ${remedy}` };
	}
}
