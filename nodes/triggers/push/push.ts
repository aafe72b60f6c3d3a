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

import { InvalidInput } from '../../api/errors';
import { nodeError } from '../../context/nodeError';
import { deliveriesOf, type Answer, type Delivery } from './deliveries';
import { digest, KEY } from '../digest';
import { pushBodyOf, recordIdOf } from './body';
import { carries, PUSH_CREDENTIAL, pushSecretOf, type PushSecret } from './secret';

type Response = ReturnType<IWebhookFunctions['getResponseObject']>;

/** Characters that stand for a delivery's content. */
const CONTENT = 16;
const LONGEST_PAUSE_MS = 1000;

const HANDLED: IWebhookResponseData = { noWebhookResponse: true };

/** The secret of the node's credential; undefined for a node without one. */
async function secretOf(
	context: IHookFunctions | IWebhookFunctions,
): Promise<PushSecret | undefined> {
	if (!context.getNode().credentials?.[PUSH_CREDENTIAL]) return undefined;
	return pushSecretOf(await context.getCredentials(PUSH_CREDENTIAL));
}

/** What n8n will have answered, once it has. */
const answered = async (response: Response): Promise<Answer> =>
	await new Promise((resolve) => {
		const end = response.end.bind(response) as (...given: unknown[]) => Response;
		const watchedEnd = (...given: unknown[]): Response => {
			const [chunk, encoding] = given;
			const type = response.getHeader('content-type');
			const bytes =
				typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk;
			resolve({
				status: response.statusCode,
				type: type === undefined ? undefined : String(type),
				body: Buffer.isBuffer(bytes) ? bytes.toString('latin1') : undefined,
			});
			return end(...given);
		};
		response.end = watchedEnd as Response['end'];
	});

/** Answers a repeat as the delivery before it was answered. */
function answerAgain(response: Response, { status, type, body }: Answer): IWebhookResponseData {
	response.status(status);
	if (body === undefined) response.json({ message: 'This was received before' });
	else response.type(type ?? 'application/json').send(Buffer.from(body, 'latin1'));
	return HANDLED;
}

/**
 * Has n8n save what was received when it answers. It does so if static data has changed, but takes all
 * changes for saved when it starts an execution in its own process (measured, n8n 2.41): so they are
 * said again for a while.
 */
async function keepUntil(answer: Promise<unknown> | undefined, keep: () => void): Promise<void> {
	let waiting = true;
	void answer?.then(() => (waiting = false));
	for (let pause = 1; waiting && pause < LONGEST_PAUSE_MS; pause *= 4) {
		keep();
		await sleep(pause);
	}
}

/** Answers a push that is not taken; no execution starts. */
function refuse(response: Response, status: number, message: string): IWebhookResponseData {
	response.status(status).json({ message });
	return HANDLED;
}

async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const request = context.getRequestObject();
	const response = context.getResponseObject();
	const secret = await secretOf(context);
	if (secret && !carries(request.headers, secret)) {
		return refuse(
			response,
			401,
			'The secret is missing or wrong. Send it in the header named in the credential.',
		);
	}
	let body: object;
	try {
		body = await pushBodyOf(request);
	} catch (error) {
		if (!(error instanceof InvalidInput)) throw nodeError(context.getNode(), error);
		return refuse(response, 400, `${error.message}. ${error.remedy}`);
	}

	const headers = { ...request.headers };
	if (secret) delete headers[secret.header];
	const { params, query } = request;
	const json = { body, headers, params, query } as unknown as IDataObject;
	const accepted: IWebhookResponseData = { workflowData: [[{ json }]] };
	const options = context.getNodeParameter('options', {}) as IDataObject;
	// A test is meant to be repeated.
	if (options.dropRepeats === false || context.getMode() === 'manual') return accepted;

	const field = String(options.recordIdField ?? '').trim() || 'id';
	const recordId = recordIdOf(field, body, query);
	if (recordId === undefined) {
		// Content alone does not tell: two records may have the same, and one may come back to it.
		context.logger.warn(
			`A push to "${context.getNode().name}" has no "${field}" that identifies its record, so a repeat of it runs the workflow again. Send the ID of the record along, or set 'Record ID Field' under 'Options'.`,
		);
		return accepted;
	}
	const content = digest([body, query, params], CONTENT);
	const delivery: Delivery = { content, record: digest(recordId, KEY) };
	const staticData = context.getWorkflowStaticData('node');
	const deliveries = deliveriesOf(
		`${context.getWorkflow().id} ${context.getNode().id}`,
		staticData,
	);
	const mode = context.getNodeParameter('responseMode', 'onReceived') as WebhookResponseMode;
	const atOnce = mode === 'onReceived';
	const keep = (also?: Delivery): void => void (staticData.deliveries = deliveries.toKeep(also));
	let outcome: Promise<Answer> | undefined;
	const before = await deliveries.take(delivery, () => {
		// Answered at once, all get the same: not worth remembering.
		outcome = answered(response).then((answer) => (atOnce ? { status: answer.status } : answer));
		return outcome;
	});
	if (before) {
		keep();
		return answerAgain(response, before);
	}
	// What a Respond to Webhook node gives n8n would lose if there were anything to save first (measured,
	// n8n 2.41). When answering at once, n8n saves only if the execution could be started; answered by the
	// last node, whether it is accepted shows later: then the next delivery takes it down.
	if (mode !== 'responseNode') void keepUntil(outcome, () => keep(atOnce ? delivery : undefined));
	return accepted;
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
		throw nodeError(this.getNode(), error);
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
		const secret = await secretOf(this);
		if (!secret) {
			this.logger.warn(
				`"${this.getNode().name}" has no credential: whoever knows its URL can start the workflow. Add a Teamogy Push API credential.`,
			);
		}
		return true;
	} catch (error) {
		throw nodeError(this.getNode(), error);
	}
}

/** The credential's own test: whether a request could carry it. Nothing is sent. */
export function testPushSecret(
	fields: ICredentialDataDecryptedObject = {},
): INodeCredentialTestResult {
	try {
		const { secret } = pushSecretOf(fields);
		return secret.length < 16
			? { status: 'Error', message: 'The Secret is short. Use at least 16 characters.' }
			: { status: 'OK', message: 'A push can carry this secret' };
	} catch (error) {
		const { message, remedy = '' } = error as Partial<InvalidInput>;
		return { status: 'Error', message: `${message}. ${remedy}` };
	}
}
