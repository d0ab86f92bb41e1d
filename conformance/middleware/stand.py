"""A WSGI application behind keystonemiddleware, and a counting way to identity.

stand.py WAY APP BLACK IDENTITY OPTIONS

WAY       port of a proxy to IDENTITY (HOST:PORT). It counts validations: GET /count answers and resets; GET /drop/N makes it hang up
          on the next N validations. Paths below /r1008 go the same way and are counted apart.
APP       port of the application. The first part of a path names the set of options in the file OPTIONS (JSON) that its middleware has;
          the rest is what the application sees. It answers what the middleware told it, as JSON.
BLACK     port that takes no connection: packets to it vanish, as to a machine that is off
"""
import http.client
import json
import logging
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from keystonemiddleware import auth_token

WAY, APP, BLACK = (int(a) for a in sys.argv[1:4])
IDENTITY = sys.argv[4]
TOKENS = '/identity/v3/auth/tokens'
lock = threading.Lock()
counts = {'validations': 0, 'r1008': 0, 'dropped': 0, 'v3': 0}
drop = 0


class Way(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def forward(self):
        global drop
        path = self.path
        if path == '/count':
            with lock:
                body = json.dumps(counts).encode()
                counts.update({k: 0 for k in counts})
            return self.reply(200, {}, body)
        if path.startswith('/drop/'):
            with lock:
                drop = int(path[6:])
            return self.reply(200, {}, b'')
        region = path.startswith('/r1008')
        if region:
            path = path[6:]
        if self.command == 'GET' and path.startswith(TOKENS):
            with lock:
                counts['r1008' if region else 'validations'] += 1
                counts['v3'] += 1
                hang_up = drop > 0
                if hang_up:
                    drop -= 1
                    counts['dropped'] += 1
            if hang_up:
                self.close_connection = True
                return self.connection.shutdown(socket.SHUT_RDWR)
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        there = http.client.HTTPConnection(IDENTITY, timeout=60)
        there.request(self.command, path, body or None, {k: v for k, v in self.headers.items() if k.lower() != 'host'})
        answer = there.getresponse()
        self.reply(answer.status, dict(answer.getheaders()), answer.read())
        there.close()

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ('transfer-encoding', 'content-length', 'connection', 'server', 'date'):
                self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = forward


def application(environ, start_response):
    told = {k[7:]: v for k, v in environ.items() if k.startswith('HTTP_X_')}
    token = environ.get('keystone.token_auth')
    told['has_user_token'] = bool(token and token.has_user_token)
    told['has_service_token'] = bool(token and token.has_service_token)
    start_response('200 OK', [('Content-Type', 'application/json')])
    return [json.dumps(told).encode()]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def main():
    logging.basicConfig(level=logging.INFO)
    with open(sys.argv[5]) as file:
        options = json.load(file)
    protected = {name: auth_token.AuthProtocol(application, dict(conf)) for name, conf in options.items()}

    def route(environ, start_response):
        _, name, rest = (environ['PATH_INFO'] + '/').split('/', 2)
        environ['SCRIPT_NAME'], environ['PATH_INFO'] = '', '/' + rest.rstrip('/')
        return protected[name](environ, start_response)

    black = socket.socket()
    black.bind(('127.0.0.1', BLACK))
    black.listen(0)
    waiting = []
    for _ in range(8):  # its queue is full from now on, and nobody takes from it
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(('127.0.0.1', BLACK))
        waiting.append(one)
    way = ThreadingHTTPServer(('127.0.0.1', WAY), Way)
    threading.Thread(target=way.serve_forever, daemon=True).start()
    make_server('127.0.0.1', APP, route, Server, Quiet).serve_forever()


main()
