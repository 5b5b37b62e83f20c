/*
 * The XS engine of the Moddable SDK as a worker process that speaks as the worker of test/emulator/engine/worker.ts
 * does: netstrings, commands on descriptor 3, replies and calls on descriptor 4. `-chunks BYTES -slots COUNT -stack
 * COUNT` give it a memory that does not grow, as a terminal's; without them it grows as on a computer.
 */
#include "xsAll.h"
#include "xsScript.h"
#include "xs.h"
#include "mc.xs.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FROM_PARENT 3
#define TO_PARENT 4
#define BROKEN_PIPE_EXIT 2
/* Added to the engine's own statuses, as the other worker does. */
#define ENGINE_EXIT 10
#define LENGTH_DIGITS_MAX 9

typedef struct {
	char *bytes;
	size_t length;
} Message;

void fxAbort(txMachine *the, int status)
{
	(void)the;
	fprintf(stderr, "%s\n", fxAbortString(status));
	exit(ENGINE_EXIT + status);
}

static void readAll(void *to, size_t length)
{
	char *at = to;
	while (length > 0) {
		ssize_t got = read(FROM_PARENT, at, length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			exit(BROKEN_PIPE_EXIT);
		at += got;
		length -= (size_t)got;
	}
}

static void writeAll(const void *from, size_t length)
{
	const char *at = from;
	while (length > 0) {
		ssize_t put = write(TO_PARENT, at, length);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			exit(BROKEN_PIPE_EXIT);
		at += put;
		length -= (size_t)put;
	}
}

/* The next netstring; its bytes are the caller's to free, with a zero behind them. */
static Message receive(void)
{
	Message message = { NULL, 0 };
	char digit;
	for (int count = 0;; count++) {
		readAll(&digit, 1);
		if (digit == ':' && count > 0)
			break;
		if (digit < '0' || digit > '9' || count == LENGTH_DIGITS_MAX)
			exit(BROKEN_PIPE_EXIT);
		message.length = message.length * 10 + (size_t)(digit - '0');
	}
	message.bytes = malloc(message.length + 1);
	if (message.bytes == NULL || message.length == 0)
		exit(BROKEN_PIPE_EXIT);
	readAll(message.bytes, message.length);
	message.bytes[message.length] = 0;
	readAll(&digit, 1);
	if (digit != ',')
		exit(BROKEN_PIPE_EXIT);
	return message;
}

static void sendMessage(const char *head, const void *bytes, size_t length)
{
	char digits[16];
	size_t headLength = strlen(head);
	int digitsLength = snprintf(digits, sizeof(digits), "%zu:", headLength + length);
	writeAll(digits, (size_t)digitsLength);
	writeAll(head, headLength);
	writeAll(bytes, length);
	writeAll(",", 1);
}

static void reply(txMachine *the, const void *bytes, size_t length)
{
	char head[160];
	snprintf(head, sizeof(head), ".{\"compute\":0,\"currentHeapCount\":%ld,\"allocate\":%ld}\1",
		(long)the->currentHeapCount,
		(long)(the->maximumChunksSize + the->maximumHeapCount * sizeof(txSlot)));
	sendMessage(head, bytes, length);
}

/* issueCommand(ArrayBuffer): asks the parent and waits for its answer, an ArrayBuffer. */
static void issueCommand(xsMachine *the)
{
	xsIntegerValue length = xsGetArrayBufferLength(xsArg(0));
	char *asked = malloc((size_t)length + 1);
	if (asked == NULL)
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	xsGetArrayBufferData(xsArg(0), 0, asked, length);
	sendMessage("?", asked, (size_t)length);
	free(asked);
	Message answer = receive();
	if (answer.bytes[0] != '/')
		exit(BROKEN_PIPE_EXIT);
	xsResult = xsArrayBuffer(answer.bytes + 1, (xsIntegerValue)(answer.length - 1));
	free(answer.bytes);
}

static void runJobs(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
}

static void evaluate(xsMachine *the, Message message)
{
	txSlot *realm = mxProgram.value.reference->next->value.module.realm;
	txStringCStream stream;
	stream.buffer = message.bytes + 1;
	stream.offset = 0;
	stream.size = (txSize)(message.length - 1);
	fxRunScript(the, fxParseScript(the, &stream, fxStringCGetter, mxProgramFlag), mxRealmGlobal(realm), C_NULL,
		mxRealmClosures(realm)->value.reference, C_NULL, mxProgram.value.reference);
	the->stack++;
}

/* What handleCommand returned: an ArrayBuffer, or an object that gets one as `result` when all promises are settled. */
static void replyWith(xsMachine *the)
{
	if (!xsIsInstanceOf(xsResult, xsArrayBufferPrototype))
		xsResult = xsGet(xsResult, xsID("result"));
	xsIntegerValue length = xsGetArrayBufferLength(xsResult);
	char *bytes = malloc((size_t)length + 1);
	if (bytes == NULL)
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	xsGetArrayBufferData(xsResult, 0, bytes, length);
	reply(the, bytes, (size_t)length);
	free(bytes);
}

static void replyWithHeap(xsMachine *the)
{
	char text[96];
	xsCollectGarbage();
	int length = snprintf(text, sizeof(text), "{\"slots\":%ld,\"chunkBytes\":%ld}",
		(long)the->currentHeapCount, (long)the->currentChunksSize);
	reply(the, text, (size_t)length);
}

static void run(xsMachine *machine, Message message)
{
	xsBeginHost(machine);
	{
		xsVars(1);
		xsTry {
			switch (message.bytes[0]) {
			case 'e':
				evaluate(the, message);
				runJobs();
				reply(the, "", 0);
				break;
			case '?':
				xsVar(0) = xsArrayBuffer(message.bytes + 1, (xsIntegerValue)(message.length - 1));
				xsResult = xsCall1(xsGlobal, xsID("handleCommand"), xsVar(0));
				runJobs();
				replyWith(the);
				break;
			case 'w':
				replyWithHeap(the);
				break;
			default:
				sendMessage(".", "", 0);
			}
		}
		xsCatch {
			char *text = xsToString(xsException);
			sendMessage("!", text, strlen(text));
		}
	}
	xsEndHost(machine);
}

static void readOptions(int count, char *values[], xsCreation *creation)
{
	for (int index = 1; index + 1 < count; index++) {
		long value = strtol(values[index + 1], NULL, 10);
		if (strcmp(values[index], "-chunks") == 0) {
			creation->initialChunkSize = (xsIntegerValue)value;
			creation->incrementalChunkSize = 0;
		}
		else if (strcmp(values[index], "-slots") == 0) {
			creation->initialHeapCount = (xsIntegerValue)value;
			creation->incrementalHeapCount = 0;
		}
		else if (strcmp(values[index], "-stack") == 0)
			creation->stackCount = (xsIntegerValue)value;
	}
}

int main(int count, char *values[])
{
	xsCreation *built;
	void *preparation = xsPreparationAndCreation(&built);
	xsCreation creation = *built;
	readOptions(count, values, &creation);
	xsMachine *machine = fxPrepareMachine(&creation, preparation, "closeout", NULL, NULL);
	if (machine == NULL)
		return ENGINE_EXIT + XS_NOT_ENOUGH_MEMORY_EXIT;
	xsBeginHost(machine);
	{
		xsSet(xsGlobal, xsID("issueCommand"), xsNewHostFunction(issueCommand, 1));
		xsResult = xsAwaitImport("test/sim/worker/main", XS_IMPORT_DEFAULT);
		xsCallFunction0(xsResult, xsGlobal);
	}
	xsEndHost(machine);
	for (;;) {
		Message message = receive();
		if (message.bytes[0] == 'q')
			return 0;
		run(machine, message);
		free(message.bytes);
	}
}
