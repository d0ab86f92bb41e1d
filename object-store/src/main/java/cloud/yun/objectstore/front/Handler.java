package cloud.yun.objectstore.front;

import cloud.yun.kernel.http.Reply;
import cloud.yun.objectstore.base.Call;

@FunctionalInterface
public interface Handler {
    Reply handle(Call call);
}
