import type { IDataObject } from 'n8n-workflow';

import { formatValue } from '../api/common/formatValue';
import { encode, type Query } from '../api/transport/url';
import type { TeamogyClient } from '../api/transport/client';
import type { ApiRequest, RawResponse } from '../api/transport/request';
import type { RequestKind } from '../api/transport/errors';
import { InvalidInput } from '../api/common/invalidInput';
import { readJson } from '../parameters/json';
import { buildOptionsParameter, readUnitId } from '../parameters/options';
import type { ItemParameters } from '../parameters/reader';
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
	GET: 'get',
	POST: 'custom',
	PATCH: 'update',
	PUT: 'custom',
	DELETE: 'custom',
};

/** One request, and the format to read its response in. */
interface CustomRequest {
	request: ApiRequest;
	format: ResponseFormat;
}

/** The error for a response in another format. After a write the error says that data may have been saved. */
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

/**
 * Parses a path within the business unit, e.g. `companies` or `views/jobs`, and encodes it.
 *
 * @throws InvalidInput for a full address, a path that leaves the unit, or a query in the path
 */
function parseRelativePath(path: unknown): string {
	const text = typeof path === 'string' ? path.trim() : '';
	const fail = (why: string): never => {
		throw new InvalidInput(
			`The Path "${formatValue(text)}" ${why}`,
			'Enter it relative to the business unit, e.g. companies or views/jobs. What follows a "?" belongs in \'Query Parameters\'.',
		);
	};
	if (!text) fail('is empty');
	if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(text)) fail('is a full address');
	if (/^\/?rest\/v\d/i.test(text)) fail('starts before the business unit');
	if (/[?#]/.test(text)) fail('has a query in it');
	if (text.includes('\\')) fail('has a backslash in it');
	let steps: string[] = [];
	try {
		steps = text
			.replace(/^\/|\/$/g, '')
			.split('/')
			.map(decodeURIComponent);
	} catch {
		fail('has a "%" that stands for no character');
	}
	if (steps.some((step) => /^\.\.?$|[/\\]/.test(step))) fail('leaves the business unit');
	if (steps.includes('')) fail('has an empty part');
	return steps.map(encode).join('/');
}

function readQuery(item: ItemParameters): Query {
	const { parameters = [] } = item.readParameter('query', {}) as {
		parameters?: Array<{ name?: unknown; value?: unknown }>;
	};
	// Without a prototype: a parameter named `__proto__` is kept.
	const query = Object.create(null) as Query;
	for (const [position, parameter] of parameters.entries()) {
		const name = String(parameter.name ?? '').trim();
		if (!name) {
			throw new InvalidInput(
				`The name of query parameter ${position + 1} is empty`,
				'Enter its name, or remove the parameter.',
			);
		}
		if (Object.hasOwn(query, name)) {
			throw new InvalidInput(
				`The query parameter "${formatValue(name)}" is given twice`,
				'Give each parameter once. Several values of one parameter are separated by commas in most cases.',
			);
		}
		const value = parameter.value ?? undefined;
		if (typeof value === 'object') {
			throw new InvalidInput(
				`The value of the query parameter "${formatValue(name)}" is not a single value`,
				'Enter text, a number or true/false. Turn a list into text, e.g. {{ $json.names.join(",") }}.',
			);
		}
		query[name] = value === undefined ? undefined : String(value);
	}
	return query;
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
		action: 'Send an API request that reads or writes',
	}),
	parameters: () => [
		{
			displayName: 'Method',
			name: 'method',
			type: 'options',
			options: [...METHODS].sort().map((method) => ({ name: method, value: method })),
			default: 'GET',
			description:
				'The HTTP method. GET and PATCH are retried when Teamogy is temporarily unavailable; the others are sent once.',
		},
		{
			displayName: 'Path',
			name: 'path',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. views/jobs',
			description:
				'The path within the business unit, without the domain, e.g. companies or views/jobs',
		},
		{
			displayName: 'Query Parameters',
			name: 'query',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Parameter' },
			placeholder: 'Add Parameter',
			default: {},
			description: 'The query parameters, which the node encodes',
			options: [
				{
					displayName: 'Parameter',
					name: 'parameters',
					values: [
						{
							displayName: 'Name',
							name: 'name',
							type: 'string',
							default: '',
							placeholder: 'e.g. externalFilter',
						},
						{
							displayName: 'Value',
							name: 'value',
							type: 'string',
							default: '',
							placeholder: 'e.g. 1234',
						},
					],
				},
			],
		},
		{
			displayName: 'Body',
			name: 'body',
			type: 'json',
			default: '{}',
			description: 'The JSON to send',
			displayOptions: { show: { method: ['POST', 'PATCH', 'PUT', 'DELETE'] } },
		},
		buildOptionsParameter(responseFormatOption, 'unitId'),
	],
	prepare: (item) => {
		const method = item.readChoice('method', 'Method', METHODS);
		const path = parseRelativePath(item.readParameter('path', ''));
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
