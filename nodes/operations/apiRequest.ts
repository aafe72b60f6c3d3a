import type { IDataObject } from 'n8n-workflow';

import { formatValue } from '../api/common/formatValue';
import type { TeamogyClient } from '../api/transport/client';
import type { ApiRequest, RawResponse } from '../api/transport/request';
import type { RequestKind } from '../api/transport/errors';
import { InvalidInput } from '../api/common/invalidInput';
import { readJson } from '../parameters/json';
import { buildOptionsParameter, readUnitId } from '../parameters/options';
import { pathParameter, readPath } from '../parameters/path';
import { queryParameter, readQuery } from '../parameters/query';
import type { SavedCallback } from './completedWrites';
import type { OperationContext } from './context';
import type { Operation } from './operation';
import {
	readContent,
	readResponseFormat,
	responseFormatOption,
	toFile,
	type ResponseFormat,
} from './responseFormat';
import type { Output } from './toItems';

/** The default first. */
const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;

/** The kind decides whether a request is repeated: GET and PATCH are. */
const REQUEST_KINDS: Record<(typeof METHODS)[number], RequestKind> = {
	GET: 'customGet',
	POST: 'custom',
	PATCH: 'customPatch',
	PUT: 'custom',
	DELETE: 'custom',
};

/** One request, and the format to read its response in. */
interface CustomRequest {
	request: ApiRequest;
	format: ResponseFormat;
}

/**
 * The error for a response in another format. After a write that may not be repeated, the error
 * says that data may have been saved.
 */
function unreadableError(
	client: TeamogyClient,
	{ request, format }: CustomRequest,
	{ status, content }: RawResponse,
): Error {
	if (format === 'json' && request.requestKind !== 'custom') {
		return new InvalidInput(
			`The response of ${request.subject} is not JSON`,
			"Choose another 'Response Format' under 'Options', e.g. Autodetect.",
		);
	}
	return client.toError({ kind: 'unreadable', status, body: content.toString() }, request);
}

async function sendRequest(
	{ client, executeFunctions }: OperationContext,
	task: CustomRequest,
	onSaved?: SavedCallback,
): Promise<IDataObject[] | Output> {
	const response = (await client.request(task.request)) as RawResponse;
	const content = readContent(response, task.format);
	if (content === undefined) throw unreadableError(client, task, response);
	onSaved?.({});
	if (content === 'file') return await toFile(response, executeFunctions);
	client.hintAtRounding(content);
	return content;
}

/** API Request: sends any request within the business unit, for what no other operation covers. */
export const apiRequest: Operation<CustomRequest> = {
	value: 'request',
	name: 'Send',
	isOfferedBy: (resource) => resource.kind === 'request',
	describe: () => ({
		description:
			'Send a custom request to the Teamogy API and return its response, for what no other operation covers',
		action: 'Send an API request',
	}),
	parameters: () => [
		{
			displayName: 'Method',
			name: 'method',
			type: 'options',
			options: [...METHODS].sort().map((method) => ({ name: method, value: method })),
			default: 'GET',
			description:
				'The HTTP method. GET and PATCH are retried when Teamogy is temporarily unavailable; the others are not.',
		},
		pathParameter,
		queryParameter,
		{
			displayName: 'Body',
			name: 'body',
			type: 'json',
			default: '{}',
			displayOptions: { show: { method: ['POST', 'PATCH', 'PUT', 'DELETE'] } },
		},
		buildOptionsParameter(responseFormatOption, 'unitId'),
	],
	prepare: (item) => {
		const method = item.readChoice('method', 'Method', METHODS);
		const path = readPath(item);
		const query = readQuery(item);
		const body = method === 'GET' ? undefined : readJson(item.readParameter('body', ''), 'Body');
		const format = readResponseFormat(item);
		const request: ApiRequest = {
			requestKind: REQUEST_KINDS[method],
			method,
			path,
			query,
			body,
			subject: `"${formatValue(path)}" (${method})`,
			unitId: readUnitId(item),
			raw: true,
			// The vendor's client asks for JSON (CLIENT).
			accept: ['file', 'text'].includes(format) ? '*/*' : 'application/json',
		};
		return { request, format };
	},
	execute: async (prepared, context) => {
		for (const { index, task } of prepared) {
			const send = async (onSaved?: SavedCallback) => await sendRequest(context, task, onSaved);
			if (task.request.method === 'GET') await context.runItem(index, send);
			else await context.writeItem(index, send);
		}
	},
};
