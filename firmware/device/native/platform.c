/*
 * What the terminal needs of its platform and ECMA-419 has no module for. Plain C, bound by the `ffi` entry of
 * manifests/manifest_core.json; called from native.ts only.
 */
#include <stdint.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(ESP_PLATFORM)
#include "esp_random.h"
#include "esp_timer.h"
#elif defined(PICO_BUILD)
#include "pico/rand.h"
#include "pico/time.h"
#elif defined(__ZEPHYR__)
#include <zephyr/kernel.h>
#include <zephyr/random/random.h>
#elif defined(__linux__)
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>
#else
#error "no source of unpredictable bytes is known for this platform; add one here"
#endif

/* Fills buffer[offset, offset + length) from the platform's own source of randomness. 0 when it has none to give. */
uint8_t closeoutRandom(uint8_t *buffer, uint32_t offset, uint32_t length)
{
	uint8_t *to = buffer + offset;
#if defined(ESP_PLATFORM)
	esp_fill_random(to, length);
#elif defined(PICO_BUILD)
	while (length > 0) {
		uint32_t word = get_rand_32();
		for (int byte = 0; byte < 4 && length > 0; byte++, length--, word >>= 8)
			*to++ = (uint8_t)word;
	}
#elif defined(__ZEPHYR__)
	return sys_csrand_get(to, length) == 0;
#else
	while (length > 0) {
		ssize_t got = getrandom(to, length, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return 0;
		to += got;
		length -= (uint32_t)got;
	}
#endif
	return 1;
}

/* Milliseconds since some moment of this boot. The SDK's ticks follow the wall clock on Linux, these do not. */
double closeoutMonotonicMs(void)
{
#if defined(ESP_PLATFORM)
	return (double)esp_timer_get_time() / 1000.0;
#elif defined(PICO_BUILD)
	return (double)time_us_64() / 1000.0;
#elif defined(__ZEPHYR__)
	return (double)k_uptime_get();
#else
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1000.0 + (double)now.tv_nsec / 1000000.0;
#endif
}

/* A variable of the environment; empty when it is not set or the platform has none. */
const char *closeoutEnvironment(char *name)
{
#if defined(__linux__)
	const char *value = getenv(name);
	return value == NULL ? "" : value;
#else
	(void)name;
	return "";
#endif
}

/* One line for whoever runs the terminal: standard error, where there is one. */
void closeoutPrint(char *line)
{
#if defined(__linux__)
	fputs(line, stderr);
	fputc('\n', stderr);
#else
	(void)line;
#endif
}

/* A peer that hangs up must be an error of the connection, not the end of the process. */
void closeoutIgnoreBrokenPipes(void)
{
#if defined(__linux__)
	signal(SIGPIPE, SIG_IGN);
#endif
}
