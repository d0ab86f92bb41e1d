package cloud.yun.objectstore.front;

import cloud.yun.kernel.http.Reply;
import cloud.yun.objectstore.base.Call;

/// Looks at a request before its handler does, and at the answer after.
@FunctionalInterface
public interface Filter {
    Reply apply(Call call, Handler next);
}
